using Semblance.Tensors;

namespace Semblance.Transformers;

/// <summary>Weights that remember what was taken of them, for saving and training.</summary>
/// <param name="source">Where they come from.</param>
internal sealed class RecordedWeights(Weights source) : Weights
{
    private readonly List<Parameter> _taken = [];

    /// <summary>What was taken so far, under the names it was asked for.</summary>
    public IReadOnlyList<Parameter> Taken => _taken;

    public override bool Contains(string name) => source.Contains(name);

    public override Tensor? Find(string name, ReadOnlySpan<int> shape)
    {
        var tensor = source.Find(name, shape);
        if (tensor is not null)
        {
            _taken.Add(new(name, tensor));
        }

        return tensor;
    }

    public override bool Check() => source.Check();
}
