using Semblance.Tokenizers.Loading;
using Semblance.Tokenizers.Patterns;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>Splits at the matches of a pattern (the pre-tokenizer Split), or with <c>invert</c> at the text between them.</summary>
internal sealed class Splitting(TextPattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    /// <inheritdoc/>
    public override Locality Locality => pattern is KnownPattern ? pattern.Locality : Locality.Whole;

    /// <summary>Reads a pre-tokenizer of type Split.</summary>
    public static new Splitting Read(JsonSection json) =>
        new(TextPattern.Read(json.Required("pattern")), SplitWriter.Read(json.Required("behavior")), json.Flag("invert", false));

    /// <inheritdoc/>
    public override void Split(NormalizedText text, WordList words)
    {
        foreach (var word in words.Restart())
        {
            if (word.Id >= 0)
            {
                words.Add(word);
                continue;
            }

            pattern.FindAll(text.Text[word.Start..word.End], text.Matches);
            SplitWriter.Split(text.Matches, word, behavior, invert, words);
        }
    }
}
