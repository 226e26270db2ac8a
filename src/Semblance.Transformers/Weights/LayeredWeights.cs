using Semblance.Tensors;

namespace Semblance.Transformers;

/// <summary>Represents several sources of parameters; each parameter comes from the first source that has it.</summary>
/// <param name="sources">The sources, in order.</param>
internal sealed class LayeredWeights(params IReadOnlyList<Weights> sources) : Weights
{
    public override bool Contains(string name) => sources.Any(source => source.Contains(name));

    public override Tensor? Find(string name, ReadOnlySpan<int> shape) =>
        (sources.FirstOrDefault(source => source.Contains(name)) ?? sources[^1]).Find(name, shape);

    public override bool Check() => sources.All(source => source.Check());
}
