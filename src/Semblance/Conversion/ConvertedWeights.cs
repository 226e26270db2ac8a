using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Conversion;

/// <summary>Represents the parameters in a file of another program, which may have a prefix, such as the name of a wrapper.</summary>
/// <param name="path">The path of the file, for messages.</param>
/// <param name="parameters">Returns each parameter by its name in the file.</param>
internal sealed class ConvertedWeights(string path, IReadOnlyDictionary<string, Func<Tensor>> parameters) : Weights
{
    private readonly List<string> _problems = [];

    public override bool Contains(string name) => Resolve(name) is not null;

    public override Tensor? Find(string name, ReadOnlySpan<int> shape)
    {
        if (Resolve(name) is not { } found)
        {
            _problems.Add($"'{name}' is missing");
            return null;
        }

        var tensor = parameters[found]();
        if (!tensor.Shape.SequenceEqual(shape))
        {
            _problems.Add(
                $"'{found}' is [{string.Join(", ", tensor.Shape.ToArray())}], but the configuration wants [{string.Join(", ", shape.ToArray())}]");
            return null;
        }

        if (!CheckpointWeights.IsFinite(tensor))
        {
            _problems.Add($"'{found}' has a value that is not finite");
            return null;
        }

        return tensor;
    }

    public override bool Check() => _problems.Count == 0
        ? true
        : throw new ModelFormatException(
            path, $"the weights do not fit the configuration: {string.Join("; ", _problems)}. Do both files belong to the same model?");

    private string? Resolve(string name) => parameters.ContainsKey(name)
        ? name
        : parameters.Keys.Where(known => known.EndsWith("." + name, StringComparison.Ordinal)).MinBy(known => known.Length);
}
