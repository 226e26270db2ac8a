using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Deberta;

/// <summary>Represents DeBERTa-v2's queries, keys and values, each computed by a linear layer.</summary>
internal sealed class LinearProjections(ModelParameters own, string name, int hidden) : AttentionProjections
{
    private readonly Linear _query = own.Linear(name + "query_proj", hidden, hidden);
    private readonly Linear _key = own.Linear(name + "key_proj", hidden, hidden);
    private readonly Linear _value = own.Linear(name + "value_proj", hidden, hidden);

    public override Tensor Query(Computation run, Tensor x) => run.Linear(x, _query);

    public override Tensor Key(Computation run, Tensor x) => run.Linear(x, _key);

    public override Tensor Value(Computation run, Tensor x) => run.Linear(x, _value);
}
