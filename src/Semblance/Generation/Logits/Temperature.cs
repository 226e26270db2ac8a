using System.Numerics.Tensors;

namespace Semblance.Generation;

/// <summary>Divides the scores by the temperature: below 1, likely tokens become more likely; above 1, less likely.</summary>
internal sealed class Temperature(float temperature) : LogitsProcessor
{
    public override void Process(ReadOnlySpan<int> sequence, Span<float> scores) => TensorPrimitives.Divide(scores, temperature, scores);
}
