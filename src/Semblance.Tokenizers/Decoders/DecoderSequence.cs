namespace Semblance.Tokenizers.Decoders;

/// <summary>Applies decoders one after another.</summary>
internal sealed class DecoderSequence(Decoder[] decoders) : Decoder
{
    /// <inheritdoc/>
    public override double Growth { get; } = decoders.Aggregate(1.0, (growth, decoder) => growth * decoder.Growth);

    /// <inheritdoc/>
    public override List<string> DecodeChain(List<string> tokens) => decoders.Aggregate(tokens, (parts, decoder) => decoder.DecodeChain(parts));
}
