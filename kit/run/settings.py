from kit.settings import *  # noqa: F403
