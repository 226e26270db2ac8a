using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>Represents low-rank adaptation of an embedding table: row i is changed by s · B a, where a is column i of A.</summary>
internal sealed class LoraEmbedding(Tensor a, Tensor b, float scale) : AdapterWrapper
{
    private readonly PreparedMatrix _b = new(b); // [columns × rank]

    public static LoraEmbedding Create(EmbeddingTable table, LoraConfig config, IReadOnlyList<string> names, Random random)
    {
        var rank = config.RankOf(names);
        return new LoraEmbedding(
            config.Initialization == LoraInitialization.Random
                ? Random(random, Normal, rank, table.Rows) : Tensor.Zeros(rank, table.Rows),
            Random(random, Normal, table.Columns, rank),
            config.ScaleOf(names));
    }

    public override IEnumerable<Parameter> Parameters(string name) =>
        [new(name + ".lora_embedding_A", a), new(name + ".lora_embedding_B", b)];

    public override Tensor Embed(Computation run, int[] rows, Func<int[], Tensor> table)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(table);
        using var y = table(rows);
        int rank = a.Rows, vocabulary = a.Columns;
        int[] elements = [.. rows.SelectMany(row => Enumerable.Range(0, rank).Select(i => (i * vocabulary) + row))];
        using var low = run.Gather(a, elements, rows.Length, rank);
        using var scaled = run.Scale(low, scale);
        using var change = run.MatrixProduct(scaled, _b);
        return run.Add(y, change);
    }

    public override (Tensor Weight, Tensor? Bias) Merge(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        var weight = Tensor.From(layer.Weight);
        var values = weight.Writable;
        for (var row = 0; row < weight.Rows; row++)
        {
            for (var column = 0; column < weight.Columns; column++)
            {
                var sum = 0f;
                for (var i = 0; i < a.Rows; i++)
                {
                    sum += b.Values[(column * a.Rows) + i] * a.Values[(i * a.Columns) + row];
                }

                values[(row * weight.Columns) + column] += scale * sum;
            }
        }

        return (weight, null);
    }

    public override string ToString() => "LoRA";
}
