/** What stands between the first and the last of a stretch of days or months: "Monday to Friday", "April–October". */
export const FROM_TO = /^\s*(?:-|–|—|to|till|until|through|bis|au|à|al?|do|до|по|tot|ile|至|到)\s*(?:l[ae] |el )?$/iu;
