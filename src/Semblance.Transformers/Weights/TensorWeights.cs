using Semblance.Tensors;

namespace Semblance.Transformers;

/// <summary>Represents the parameters of a model in memory, for another model that shares or copies them.</summary>
/// <param name="parameters">The parameters under the names of the original.</param>
/// <param name="shared"><see langword="true"/> to share the tensors; <see langword="false"/> to copy them.</param>
internal sealed class TensorWeights(IEnumerable<Parameter> parameters, bool shared) : Weights
{
    private readonly Dictionary<string, Tensor> _parameters = parameters.ToDictionary(
        parameter => parameter.Name, parameter => parameter.Value, StringComparer.Ordinal);

    public override bool Contains(string name) => _parameters.ContainsKey(name);

    public override Tensor? Find(string name, ReadOnlySpan<int> shape) =>
        _parameters.TryGetValue(name, out var tensor) && tensor.Shape.SequenceEqual(shape)
            ? shared ? tensor : Tensors.Tensor.From(tensor)
            : throw new InvalidOperationException(
                $"The model has no parameter '{name}' of the shape [{string.Join(", ", shape.ToArray())}].");
}
