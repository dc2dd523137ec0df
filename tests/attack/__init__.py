"""The attack suite: hostile text at every place of a post, seen with the eyes of a browser.

payloads   what is tried: a small set of our own, and a folder of more (``pytest --attacks FOLDER``)
places     where it is put: the table of every place where text of a repository can reach the site
sites      payloads × places as repositories, and the sites that are built from them: defended, and with every defence taken out
serving    the sites on a port of this machine, in four modes (both layers, sanitising alone, the policy alone, neither)
oracle     headless Chromium, and what counts as a hit
"""
