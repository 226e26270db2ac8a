using System.Runtime.InteropServices;

namespace Semblance.Training;

/// <summary>
/// Represents a sampler that visits every row once per epoch, in random order, without equal texts in a batch, for losses with in-batch
/// negatives (multiple negatives ranking, GIST, mega-batch margin).
/// </summary>
/// <remarks>
/// A row that shares a text with the batch, in any column, is deferred to a later one; the last batches can be smaller. Texts are compared
/// by 64-bit hashes; a hash collision only defers a row.
/// </remarks>
public sealed class NoDuplicatesBatchSampler : DatasetBatchSampler
{
    private readonly ulong[][] _hashes;

    /// <summary>Initializes a new instance of the <see cref="NoDuplicatesBatchSampler"/> class, which reads the texts once.</summary>
    /// <param name="examples">The rows.</param>
    /// <param name="batchSize">The number of rows of a batch.</param>
    /// <param name="seed">The random seed.</param>
    public NoDuplicatesBatchSampler(IReadOnlyList<Example> examples, int batchSize, long seed = 0)
        : base(examples?.Count ?? throw new ArgumentNullException(nameof(examples)), batchSize, seed) =>
        _hashes = [.. examples.Select(example => example.Texts.Select(Hash).ToArray())];

    /// <inheritdoc/>
    public override IEnumerable<Batch> Batches(long epoch) => Composed(epoch, DropLast);

    private IEnumerable<Batch> Composed(long epoch, bool dropLast)
    {
        var fresh = new Queue<int>(Permutation.Of(Rows, Seed, epoch));
        var ready = new Queue<int>();
        var waiting = new OrderedDictionary<ulong, Queue<int>>(); // by the text that they share with an earlier batch
        while (fresh.Count + ready.Count + waiting.Count > 0)
        {
            Release(waiting, ready);
            var rows = new List<int>(Math.Min(BatchSize, Rows));
            var texts = new HashSet<ulong>();
            while (rows.Count < BatchSize && (ready.TryDequeue(out var row) || fresh.TryDequeue(out row)))
            {
                var hashes = _hashes[row];
                var shared = Array.FindIndex(hashes, texts.Contains);
                if (shared < 0)
                {
                    rows.Add(row);
                    texts.UnionWith(hashes);
                }
                else if (waiting.TryGetValue(hashes[shared], out var queue))
                {
                    queue.Enqueue(row);
                }
                else
                {
                    waiting.Add(hashes[shared], new Queue<int>([row]));
                }
            }

            if (rows.Count == BatchSize || !dropLast)
            {
                yield return new Batch(rows);
            }
        }
    }

    /// <inheritdoc/>
    public override string WhyNoBatch(long epoch) => Rows < BatchSize
        ? base.WhyNoBatch(epoch)
        : NoFullBatch(
            $"of the {Rows} rows at most {Composed(epoch, dropLast: false).Max(batch => batch.Rows.Count)} without a "
            + "common text come together");

    // One row of each text can be in the next batch, a second one cannot.
    private static void Release(OrderedDictionary<ulong, Queue<int>> waiting, Queue<int> ready)
    {
        for (var i = waiting.Count - 1; i >= 0; i--)
        {
            var queue = waiting.GetAt(i).Value;
            ready.Enqueue(queue.Dequeue());
            if (queue.Count == 0)
            {
                waiting.RemoveAt(i);
            }
        }
    }

    // FNV-1a over UTF-16 (Fowler, Noll and Vo): the same in every process, unlike string.GetHashCode.
    private static ulong Hash(string text)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var unit in MemoryMarshal.Cast<char, ushort>(text.AsSpan()))
        {
            hash = (hash ^ unit) * 0x100000001B3;
        }

        return hash;
    }
}
