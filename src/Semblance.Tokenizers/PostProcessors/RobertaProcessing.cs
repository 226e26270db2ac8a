using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PostProcessors;

/// <summary>
/// <c>&lt;s&gt; A &lt;/s&gt;</c> and <c>&lt;s&gt; A &lt;/s&gt; &lt;/s&gt; B &lt;/s&gt;</c>, all with type id 0; white
/// space that tokens contain can be left out of their ranges.
/// </summary>
internal sealed class RobertaProcessing(int cls, int sep, bool trimOffsets, bool addPrefixSpace) : PostProcessor(
    [TemplatePiece.Special(cls, 0), TemplatePiece.Text(0, 0), TemplatePiece.Special(sep, 0)],
    [
        TemplatePiece.Special(cls, 0), TemplatePiece.Text(0, 0), TemplatePiece.Special(sep, 0),
        TemplatePiece.Special(sep, 0), TemplatePiece.Text(1, 0), TemplatePiece.Special(sep, 0),
    ])
{
    /// <summary>Reads a post-processor of type RobertaProcessing.</summary>
    public static new RobertaProcessing Read(JsonSection json) => new(
        json.TokenAndId("cls"), json.TokenAndId("sep"), json.Flag("trim_offsets", true), json.Flag("add_prefix_space", true));

    /// <inheritdoc/>
    public override void TrimOffsets(TokenList tokens, Func<int, string?> textOf)
    {
        var starts = tokens.Starts;
        var ends = tokens.Ends;
        for (var i = 0; trimOffsets && i < starts.Length; i++)
        {
            var text = textOf(i) ?? "";
            if (text.Length == 0 || (!IsSpace(text[0]) && !IsSpace(text[^1])))
            {
                continue;
            }

            var leading = text.TakeWhile(IsSpace).Count();
            var trailing = text.Reverse().TakeWhile(IsSpace).Count();
            if (leading > 0 && addPrefixSpace && (i == 0 || starts[i] == 0))
            {
                leading--;
            }

            starts[i] = Math.Min(starts[i] + leading, ends[i]);
            ends[i] = trailing > ends[i] ? ends[i] : Math.Max(ends[i] - trailing, starts[i]);
        }
    }

    /// <summary>White space, or how byte-level vocabularies write a space.</summary>
    private static bool IsSpace(char character) => character == 'Ġ' || char.IsWhiteSpace(character);
}
