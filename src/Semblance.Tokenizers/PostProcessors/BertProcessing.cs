using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PostProcessors;

/// <summary>
/// Adds the special tokens of BERT: <c>[CLS] A [SEP]</c> and <c>[CLS] A [SEP] B [SEP]</c>, the last two parts with type id 1.
/// </summary>
internal sealed class BertProcessing(int cls, int sep) : PostProcessor(
    [TemplatePiece.Special(cls, 0), TemplatePiece.Text(0, 0), TemplatePiece.Special(sep, 0)],
    [
        TemplatePiece.Special(cls, 0), TemplatePiece.Text(0, 0), TemplatePiece.Special(sep, 0),
        TemplatePiece.Text(1, 1), TemplatePiece.Special(sep, 1),
    ])
{
    /// <summary>Reads a post-processor of type BertProcessing.</summary>
    public static new BertProcessing Read(JsonSection json) => new(json.TokenAndId("cls"), json.TokenAndId("sep"));
}
