namespace Semblance;

/// <summary>Represents the outputs that a model would have if its transformer ended after an earlier layer.</summary>
/// <param name="count">The number of layers.</param>
/// <param name="output">Computes the output after a layer, counted from 1, at each call.</param>
public sealed class LayerOutputs(int count, Func<int, ModelOutput> output)
{
    /// <summary>Gets the number of layers.</summary>
    public int Count => count;

    /// <summary>Computes the output after a layer.</summary>
    /// <param name="layer">The layer, from 1 to <see cref="Count"/>; the last layer has the model's own output.</param>
    public ModelOutput After(int layer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layer, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layer, count);
        return output(layer);
    }
}
