using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PostProcessors;

/// <summary>
/// Adds the special tokens of RoBERTa: <c>&lt;s&gt; A &lt;/s&gt;</c> and <c>&lt;s&gt; A &lt;/s&gt; &lt;/s&gt; B &lt;/s&gt;</c>, all with
/// type id 0. Can exclude the white space in tokens from their ranges.
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
    public override bool TrimsOffsets => trimOffsets;

    /// <inheritdoc/>
    public override void TrimOffset(ReadOnlySpan<char> token, bool isFirst, ref int start, ref int end) =>
        ByteLevelProcessing.TrimOffset(token, isFirst, addPrefixSpace, ref start, ref end);
}
