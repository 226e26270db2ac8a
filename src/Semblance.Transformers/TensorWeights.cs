using Semblance.Tensors;

namespace Semblance.Transformers;

/// <summary>The parameters of a model in memory, for another that shares them or starts as a copy of them.</summary>
/// <param name="parameters">The parameters under the names of the original.</param>
/// <param name="shared">Hands out the tensors themselves; copies otherwise.</param>
internal sealed class TensorWeights(IEnumerable<Parameter> parameters, bool shared) : Weights
{
    private readonly Dictionary<string, Tensor> _parameters = parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value, StringComparer.Ordinal);

    public override bool Contains(string name) => _parameters.ContainsKey(name);

    public override Tensor? Find(string name, ReadOnlySpan<int> shape) => _parameters.TryGetValue(name, out var tensor) && tensor.Shape.SequenceEqual(shape)
        ? shared ? tensor : Tensors.Tensor.From(tensor.Values, tensor.Shape)
        : throw new InvalidOperationException($"The model has no parameter '{name}' of the shape [{string.Join(", ", shape.ToArray())}].");
}
