# One image for web, worker, beat and the migration; docker-compose.yml says which command each runs.
FROM python:3.12-slim AS packages
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r /tmp/requirements.txt

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VAR_DIR=/app/var
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin office
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# Static files need settings, and settings need keys; these are thrown away with the command that made them.
RUN python -m ops.translations compile \
    && python -m common.keyfile /tmp/keys.json \
    && KEY_FILE=/tmp/keys.json python manage.py collectstatic --noinput --verbosity 0 \
    && rm /tmp/keys.json \
    && install --directory --owner 10001 /app/var/papers \
    && python -m compileall -q common staff customers sales bigaccounts reception reports exchange crm
USER 10001
EXPOSE 8000
CMD ["gunicorn", "crm.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
