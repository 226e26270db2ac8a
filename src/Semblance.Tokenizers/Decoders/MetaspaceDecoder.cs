using Semblance.Tokenizers.Loading;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Decoders;

/// <summary>The visible spaces of SentencePiece become spaces, in the first token nothing.</summary>
internal sealed class MetaspaceDecoder(char replacement, PrependScheme scheme) : Decoder
{
    /// <summary>Reads a decoder of type Metaspace.</summary>
    public static new MetaspaceDecoder Read(JsonSection json) => new(Metaspace.ReadReplacement(json), Metaspace.ReadScheme(json));

    /// <inheritdoc/>
    public override List<string> DecodeChain(List<string> tokens) => Each(tokens, (token, index) => index == 0 && scheme != PrependScheme.Never
        ? token.Replace(replacement.ToString(), "", StringComparison.Ordinal)
        : token.Replace(replacement, ' '));
}
