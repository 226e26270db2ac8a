namespace Semblance.Tokenizers.Decoders;

/// <summary>Joins the tokens, so that what comes next sees them as one.</summary>
internal sealed class FuseDecoder : Decoder
{
    /// <inheritdoc/>
    public override List<string> DecodeChain(List<string> tokens) => [string.Concat(tokens)];
}
