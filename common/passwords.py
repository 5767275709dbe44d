"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class OfficeArgon2Hasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB and two passes: about 100 ms, where Django's default takes 100 MB and half a second."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1
