"""The shared cache while Redis answers and while it is away."""

import subprocess
import sys
import time

import pytest
import redis
from django.urls import reverse

from common.cache import PatientRedisCache
from ops.broker import free_port

OPTIONS = {"OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1}}


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    port = free_port()
    folder = tmp_path_factory.mktemp("broker")
    server = subprocess.Popen([sys.executable, "-m", "ops.broker", str(port), str(folder)], stdout=subprocess.DEVNULL)
    client = redis.Redis(port=port)
    for _ in range(100):
        try:
            client.ping()
            break
        except redis.RedisError:
            time.sleep(0.05)
    client.close()
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(timeout=10)


@pytest.fixture
def away() -> PatientRedisCache:
    cache = PatientRedisCache(f"redis://127.0.0.1:{free_port()}/0", OPTIONS)
    cache.clear()
    return cache


@pytest.fixture
def there(broker) -> PatientRedisCache:
    cache = PatientRedisCache(broker, OPTIONS)
    cache.clear()
    return cache


@pytest.mark.parametrize("kind", ["there", "away"])
def test_it_remembers_counts_and_forgets(request, kind):
    cache = request.getfixturevalue(kind)
    assert cache.get("a", "nothing") == "nothing"
    cache.set("a", 1)
    assert cache.incr("a") == 2
    assert cache.add("a", 5) is False
    assert cache.has_key("a")
    assert cache.touch("a", 60)
    cache.set_many({"b": [1], "c": None})
    assert cache.get_many(["a", "b", "c", "d"]) == {"a": 2, "b": [1], "c": None}
    assert cache.delete("a")
    cache.delete_many(["b"])
    assert cache.get("b") is None


def test_the_sign_in_page_works_and_still_throttles_while_redis_is_away(client, db, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "common.cache.PatientRedisCache",
            "LOCATION": f"redis://127.0.0.1:{free_port()}/0",
            **OPTIONS,
        }
    }
    data = {"login": "nobody", "password": "wrong-password"}
    answers = [client.post(reverse("account_login"), data) for _ in range(7)]
    assert {response.status_code for response in answers} <= {200, 422, 429}
    assert answers[0].content != answers[-1].content
