# SPDX-License-Identifier: AGPL-3.0-or-later
# Makes the word lists of the text room from the spelling dictionaries that script/bootstrap installs (myspell-fa,
# hunspell-ar, hunspell-en-us). Included by src/text; sets DRAGOMAN_WORD_DATA to the source that holds them.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(DRAGOMAN_DICTIONARIES /usr/share/hunspell CACHE PATH "folder with fa_IR.dic, ar.dic, en_US.dic and en_US.aff")
set(models ${PROJECT_SOURCE_DIR}/models)
set(word_folder ${CMAKE_CURRENT_BINARY_DIR}/words)
file(MAKE_DIRECTORY ${word_folder})

add_executable(pack_words ${models}/pack_words.cc ${PROJECT_SOURCE_DIR}/src/text/fold.cc
               ${PROJECT_SOURCE_DIR}/src/text/letters.cc)
target_link_libraries(pack_words PRIVATE dragoman_base PkgConfig::ICU)
target_include_directories(pack_words PRIVATE ${PROJECT_SOURCE_DIR}/src)
set_target_properties(pack_words PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${word_folder})

set(word_files "")
foreach(pair fa:fa_IR ar:ar en:en_US)
  string(REPLACE ":" ";" pair ${pair})
  list(GET pair 0 lang)
  list(GET pair 1 dictionary)
  if(NOT EXISTS ${DRAGOMAN_DICTIONARIES}/${dictionary}.dic)
    message(FATAL_ERROR "${DRAGOMAN_DICTIONARIES}/${dictionary}.dic is missing: run script/bootstrap")
  endif()
  add_custom_command(
    OUTPUT ${word_folder}/words.${lang}
    COMMAND Python3::Interpreter ${models}/expand_words.py ${DRAGOMAN_DICTIONARIES} ${lang} > ${word_folder}/${lang}.txt
    COMMAND pack_words ${word_folder}/words.${lang} < ${word_folder}/${lang}.txt
    COMMAND ${CMAKE_COMMAND} -E rm ${word_folder}/${lang}.txt
    DEPENDS ${models}/expand_words.py ${models}/words.extra pack_words ${DRAGOMAN_DICTIONARIES}/${dictionary}.dic
    VERBATIM)
  list(APPEND word_files ${word_folder}/words.${lang})
endforeach()

set(DRAGOMAN_WORD_DATA ${word_folder}/word_data.cc)
add_custom_command(
  OUTPUT ${DRAGOMAN_WORD_DATA}
  COMMAND Python3::Interpreter ${models}/embed_words.py ${DRAGOMAN_WORD_DATA} ${word_files}
  DEPENDS ${models}/embed_words.py ${word_files}
  VERBATIM)
