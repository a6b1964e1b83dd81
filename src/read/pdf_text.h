#pragma once
namespace dragoman::read { void warm_up_pdf_text(); }
