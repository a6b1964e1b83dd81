# SPDX-License-Identifier: AGPL-3.0-or-later
# What `script/package` puts into the Debian package: the program, the maker of the sample leak, the man page, the
# documents. The libraries it depends on are found by dpkg-shlibdeps.
find_program(GZIP gzip REQUIRED)
set(man_page ${CMAKE_BINARY_DIR}/dragoman.1.gz)
add_custom_command(OUTPUT ${man_page} DEPENDS man/dragoman.1
  COMMAND ${GZIP} -9 -n -c ${CMAKE_CURRENT_SOURCE_DIR}/man/dragoman.1 > ${man_page})
add_custom_target(man_page ALL DEPENDS ${man_page})

install(TARGETS dragoman RUNTIME DESTINATION bin)
if(TARGET dragoman-sample)
  install(TARGETS dragoman-sample RUNTIME DESTINATION bin)
endif()
install(FILES ${man_page} DESTINATION share/man/man1)
install(FILES README.md CONTRIBUTING.md DESTINATION share/doc/dragoman)
install(FILES NOTICE DESTINATION share/doc/dragoman RENAME copyright)
install(DIRECTORY docs/ DESTINATION share/doc/dragoman/docs FILES_MATCHING
  PATTERN "*.md" PATTERN "*.json" PATTERN "OFL.txt" PATTERN "screens" EXCLUDE)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME dragoman)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "the dragoman contributors <dragoman@project.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "from a leak to reporting that can be checked")
set(CPACK_PACKAGE_DESCRIPTION "dragoman keeps every byte of a leak as received, reads what can be read and says what
 could not, searches across Persian, Arabic and English, and ties each finding to a page, a box and a hash.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION text)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What the program opens beside its libraries: models, word shapes, character maps of Asian PDFs, fonts that documents
# name but do not carry; the reader of recordings, which is loaded with the first one.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "tesseract-ocr, tesseract-ocr-fas, tesseract-ocr-ara, tesseract-ocr-eng, \
tesseract-ocr-osd, poppler-data, fontconfig-config, fonts-dejavu-core, libavformat59")
# Files that only LibreOffice reads, and the lock it runs in; the sample leak's faces.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "bubblewrap, libreoffice-writer-nogui, libreoffice-calc-nogui, \
libreoffice-impress-nogui")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "fonts-farsiweb, fonts-freefarsi, fonts-noto-core, fonts-hosny-amiri, \
fonts-liberation, chromium")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_CURRENT_SOURCE_DIR}/LICENSE)
include(CPack)
