using System.Text;
using Semblance.Tokenizers.Unicode;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>Splits between two scripts. As in the reference, the text before the first character with a script is left out.</summary>
internal sealed class UnicodeScripts : PreTokenizer
{
    /// <inheritdoc/>
    public override void Split(NormalizedText text, WordList words)
    {
        var units = text.Text;
        foreach (var word in words.Restart())
        {
            if (word.Id >= 0)
            {
                words.Add(word);
                continue;
            }

            var (start, last) = (-1, 0);
            for (var i = word.Start; i < word.End;)
            {
                Rune.DecodeFromUtf16(units[i..word.End], out var rune, out var length);
                var script = Scripts.Of(rune.Value);
                if (script != 0 && script != last)
                {
                    if (start >= 0)
                    {
                        words.Add(new Word(start, i));
                    }

                    (start, last) = (i, script);
                }

                i += length;
            }

            if (start >= 0)
            {
                words.Add(new Word(start, word.End));
            }
        }
    }
}
