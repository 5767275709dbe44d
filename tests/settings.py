"""The product's settings for tests: keys made for the run, files in a temporary folder, a quick password hash."""

import atexit
import json
import os
import shutil
import tempfile

from common.keyfile import generate
from ops.translations import compile_catalogues

if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="office-tests-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
compile_catalogues()
os.environ.setdefault("KEYS_JSON", json.dumps(generate()))

from crm.settings import *
from crm.settings import DATABASES, STATIC_ROOT, STORAGES, VAR_DIR

# Argon2 has tests of its own; elsewhere its 0.1 s a sign-in would only be waited for.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", "common.passwords.OfficeArgon2Hasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STEADY_ANSWER_SECONDS = 0  # has a test of its own; elsewhere it would only be waited for
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: tests with several threads or processes need one. It need not survive a power cut.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    options = DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
