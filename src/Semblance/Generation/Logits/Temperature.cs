using System.Numerics.Tensors;

namespace Semblance.Generation;

/// <summary>Divides the scores: below 1 likely tokens gain, above it unlikely ones.</summary>
internal sealed class Temperature(float temperature) : LogitsProcessor
{
    public override void Process(ReadOnlySpan<int> sequence, Span<float> scores) => TensorPrimitives.Divide(scores, temperature, scores);
}
