using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents a loss that is computed from token embeddings, for training a <see cref="MultiVectorEncoder"/>.</summary>
public abstract class MultiVectorLoss : OutputLoss
{
    /// <inheritdoc/>
    public sealed override ModelOutputKind OutputKind => ModelOutputKind.TokenEmbeddings;

    /// <summary>Computes the loss of one batch.</summary>
    /// <param name="run">The computation that made the embeddings.</param>
    /// <param name="input">The batch.</param>
    /// <returns>The loss: <c>[1]</c>.</returns>
    /// <exception cref="LossInputException">The batch does not have the columns, rows or labels that the loss needs.</exception>
    public abstract Tensor Forward(Computation run, MultiVectorInput input);

    /// <inheritdoc/>
    public sealed override Tensor Forward(Computation run, TrainingBatch batch, IReadOnlyList<ModelOutput> outputs)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Forward(run, new MultiVectorInput(outputs) { Labels = batch.Labels, TextNumbers = batch.TextNumbers() });
    }

    /// <summary>
    /// Computes the late-interaction score (MaxSim) of each query with each document: the sum over the query's tokens of the largest dot
    /// product with a token of the document.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="queries">The queries.</param>
    /// <param name="documents">The documents; a document without tokens has the score 0.</param>
    /// <returns><c>[queries × documents]</c>.</returns>
    protected static Tensor MaxSim(Computation run, ModelOutput queries, ModelOutput documents)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(documents);
        var (queryStarts, documentStarts) = (queries.Offsets!, documents.Offsets!);
        var products = run.Product(queries.Value, documents.Value); // [query tokens × document tokens]
        var largest = new int[products.Rows * documents.Count];
        for (var i = 0; i < largest.Length; i++)
        {
            var (token, document) = (i / documents.Count, i % documents.Count);
            var row = products.Row(token);
            var best = documentStarts[document];
            for (var other = best + 1; other < documentStarts[document + 1]; other++)
            {
                best = row[other] > row[best] ? other : best;
            }

            largest[i] = (token * products.Columns) + Math.Min(best, products.Columns - 1);
        }

        var matches = run.Gather(products, largest, products.Rows, documents.Count); // [query tokens × documents]
        Tensor sums = Tensor.Zeros(queries.Count, products.Rows), present = Tensor.Zeros(matches.Shape);
        for (var query = 0; query < queries.Count; query++)
        {
            sums.Writable[((query * sums.Columns) + queryStarts[query])..((query * sums.Columns) + queryStarts[query + 1])].Fill(1);
        }

        for (var i = 0; i < present.Length; i++)
        {
            present.Writable[i] = documentStarts[i % documents.Count] < documentStarts[(i % documents.Count) + 1] ? 1 : 0;
        }

        return run.Product(sums, run.Transpose(run.Multiply(matches, present)));
    }

    /// <summary>
    /// Computes the late-interaction score (MaxSim) of each query with the documents of its own row, which is much less than with those of
    /// all rows.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="queries">The queries.</param>
    /// <param name="documents">The columns of documents, each with one for every query; a document without tokens has the score 0.</param>
    /// <returns><c>[queries × columns]</c>.</returns>
    protected static Tensor RowMaxSim(Computation run, ModelOutput queries, IReadOnlyList<ModelOutput> documents)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(documents);
        var all = Join(run, documents);
        return run.ConcatenateRows([.. Enumerable.Range(0, queries.Count).Select(row =>
        {
            var query = Some(queries, [row]);
            var own = Some(all, [.. Enumerable.Range(0, documents.Count).Select(column => (column * queries.Count) + row)]);
            return query is null || own is null ? Tensor.Zeros(1, documents.Count) : MaxSim(run, query, own);
        })]);

        // Some texts; null if they have no tokens.
        ModelOutput? Some(ModelOutput texts, int[] indices)
        {
            var offsets = new List<int> { 0 };
            foreach (var i in indices)
            {
                offsets.Add(offsets[^1] + texts.Offsets![i + 1] - texts.Offsets[i]);
            }

            int[] rows = [.. indices.SelectMany(i => Enumerable.Range(texts.Offsets![i], texts.Offsets[i + 1] - texts.Offsets[i]))];
            return rows.Length == 0 ? null : new ModelOutput(run.Rows(texts.Value, rows), offsets);
        }
    }

    /// <summary>Joins the texts of several columns, one column after another.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="columns">The columns.</param>
    protected static ModelOutput Join(Computation run, IReadOnlyList<ModelOutput> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var offsets = new List<int> { 0 };
        foreach (var column in columns)
        {
            var first = offsets[^1];
            offsets.AddRange(column.Offsets!.Skip(1).Select(offset => first + offset));
        }

        return new ModelOutput(run.ConcatenateRows([.. columns.Select(column => column.Value)]), offsets);
    }
}
