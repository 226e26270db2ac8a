using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Deberta;

/// <summary>Represents DeBERTa-v2's queries, keys and values, each computed by a linear layer.</summary>
internal sealed class LinearProjections(ModelParameters own, string name, int hidden) : AttentionProjections
{
    /// <summary>Gets the layer of the queries.</summary>
    public Linear Query { get; } = own.Linear(name + "query_proj", hidden, hidden);

    /// <summary>Gets the layer of the keys.</summary>
    public Linear Key { get; } = own.Linear(name + "key_proj", hidden, hidden);

    /// <summary>Gets the layer of the values.</summary>
    public Linear Value { get; } = own.Linear(name + "value_proj", hidden, hidden);

    public override (Tensor Query, Tensor Key, Tensor Value) Project(Computation run, Tensor x) =>
        (run.Linear(x, Query), run.Linear(x, Key), run.Linear(x, Value));
}
