using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Semblance.Tensors;
using Semblance.Tensors.Instructions;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Represents an immutable, memory-mapped file of vectors, their records and their graph. Opening reads only the header; everything read
/// later is checked against the bounds of the file, so that damage causes an exception and never a crash.
/// </summary>
internal sealed unsafe class Segment : IDisposable
{
    private const int FilterBlock = 256; // words of 64 vectors
    private const float LengthTolerance = 1e-4f;

    private readonly FileMap _file;
    private readonly SegmentHeader _header;
    private readonly long* _recordStarts;
    private readonly byte* _records;
    private readonly ConcurrentBag<HnswScratch> _scratches = [];
    private readonly ConditionalWeakTable<VectorFilter, ulong[]> _matching = [];

    private Segment(FileMap file, SegmentHeader header)
    {
        _file = file;
        _header = header;
        _recordStarts = (long*)At(SegmentSection.RecordStarts);
        _records = At(SegmentSection.Records);
        var graph = new HnswGraph(
            file.Path,
            header.Count,
            header.M,
            (int*)At(SegmentSection.Links),
            (int*)At(SegmentSection.UpperStarts),
            (int*)At(SegmentSection.UpperLinks),
            header.UpperBlocks)
        {
            EntryLevel = header.EntryLevel,
            Entry = header.Entry,
        };
        Graph = graph;
        Groups = header[SegmentSection.GroupStarts].Length == 0
            ? RecordGroups.None(file.Path, header.Count)
            : new RecordGroups(
                file.Path,
                header.Count,
                (int*)At(SegmentSection.GroupStarts),
                (int*)At(SegmentSection.Groups),
                (int)Math.Min(int.MaxValue, header[SegmentSection.Groups].Length / sizeof(int)));
        Vectors = new VectorSpace(
            At(SegmentSection.Vectors),
            header.VectorStride,
            header.VectorStride / sizeof(float),
            VectorDistance.Of(Precision.Float32, header.Similarity, InstructionSets.Current));
        Codes = header.Precision == Precision.Float32
            ? Vectors
            : new VectorSpace(
                At(SegmentSection.Codes),
                header.CodeStride,
                VectorCodes.Length(header.Precision, header.Dimension),
                VectorDistance.Of(header.Precision, header.Similarity, InstructionSets.Current));
        if (header.Count > 0 && ((uint)header.Entry >= (uint)header.Count || graph.Level(header.Entry) < header.EntryLevel))
        {
            throw new IndexFormatException(
                file.Path,
                $"the graph begins at vector {header.Entry} on layer {header.EntryLevel}, which is not there; restore the index, or " +
                "build it again.");
        }
    }

    public string Path => _file.Path;

    public long Length => _file.Length;

    public int Count => _header.Count;

    /// <summary>
    /// Gets a value that indicates whether an earlier version wrote the segment, in which equal vectors are linked with each other.
    /// </summary>
    public bool IsOld => _header.Version < SegmentHeader.CurrentVersion;

    public HnswGraph Graph { get; }

    /// <summary>Gets the records that share a node of the graph.</summary>
    public RecordGroups Groups { get; }

    /// <summary>Gets the float32 vectors.</summary>
    public VectorSpace Vectors { get; }

    /// <summary>Gets the vectors that the graph is searched with: the float32 vectors or their quantized codes.</summary>
    public VectorSpace Codes { get; }

    /// <summary>Opens the segment of a manifest.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="IndexFormatException">The file is damaged.</exception>
    public static Segment Open(string folder, IndexManifest manifest)
    {
        var file = new FileMap(System.IO.Path.Combine(folder, manifest.Segment));
        try
        {
            var header = SegmentHeader.Read(
                file.Path, new ReadOnlySpan<byte>(file.Data, (int)Math.Min(file.Length, SegmentHeader.Length)), file.Length, manifest);
            return new Segment(file, header);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Returns the float32 elements of a vector.</summary>
    public ReadOnlySpan<float> Vector(int node) => new(Vectors.Vector(node), _header.Dimension);

    public StoredRecord Record(int node)
    {
        var (start, end, length) = (_recordStarts[node], _recordStarts[node + 1], _header[SegmentSection.Records].Length);
        return start >= 0 && start <= end && end <= length && end - start <= int.MaxValue
            ? new StoredRecord(Path, new ReadOnlySpan<byte>(_records + start, (int)(end - start)))
            : throw new IndexFormatException(
                Path, $"the record of vector {node} lies outside of the file; restore the index, or build it again.");
    }

    /// <summary>Returns a copy of the bits of deleted vectors, whose checksum is verified.</summary>
    /// <exception cref="IndexFormatException">The bits are damaged.</exception>
    public ulong[] Deleted() => IsSound(SegmentSection.Deleted, CancellationToken.None)
        ? new ReadOnlySpan<ulong>(At(SegmentSection.Deleted), (Count + 63) / 64).ToArray()
        : throw new IndexFormatException(Path, Damage(SegmentSection.Deleted));

    /// <summary>
    /// Returns a hit after cheap checks of its data: the id must lead to the record, and the length of the vector must be valid.
    /// </summary>
    /// <exception cref="IndexFormatException">The record or its vector is damaged.</exception>
    public VectorHit Hit(int record, float score)
    {
        var stored = Record(record);
        if (Find(stored.IdBytes) != record)
        {
            throw new IndexFormatException(
                Path,
                $"the id of record {record} does not lead to it: the file is damaged; `semblance index verify` says which part, and the " +
                "index must be built again or restored.");
        }

        SoundVector(record);
        return stored.Hit(score);
    }

    /// <summary>
    /// Returns the float32 elements of a vector after a check of its length: 1 for cosine similarity, at most that of the longest vector
    /// otherwise.
    /// </summary>
    /// <exception cref="IndexFormatException">The vector is damaged.</exception>
    public ReadOnlySpan<float> SoundVector(int record)
    {
        var vector = Vector(record);
        var squares = (double)TensorPrimitives.SumOfSquares(vector);
        var isSound = _header.Similarity == SimilarityFunction.Cosine
            ? squares == 0 || Math.Abs(squares - 1) < LengthTolerance
            : squares <= Math.Pow(_header.LongestVector, 2) * (1 + LengthTolerance);
        return isSound ? vector : throw Graph.DamagedVector(record);
    }

    /// <summary>Returns the vector with an id, or −1.</summary>
    public int Find(ReadOnlySpan<byte> id)
    {
        var table = (int*)At(SegmentSection.Ids);
        var capacity = IdTable.Capacity(Count);
        var place = IdTable.Start(id, capacity);
        for (var step = 0; step < capacity; step++, place = (place + 1) & (capacity - 1))
        {
            var node = table[place] - 1;
            if (node == -1)
            {
                break;
            }

            if ((uint)node >= (uint)Count)
            {
                throw new IndexFormatException(Path, "an id leads to no vector; restore the index, or build it again.");
            }

            if (Record(node).IdBytes.SequenceEqual(id))
            {
                return node;
            }
        }

        return -1;
    }

    /// <summary>Returns the vectors that match a filter, one bit each; computed once for each filter object.</summary>
    public ulong[] Matching(VectorFilter filter) => _matching.GetValue(filter, _ =>
    {
        var words = new ulong[(Count + 63) / 64];
        Workers.Shared.For((words.Length + FilterBlock - 1) / FilterBlock, int.MaxValue, block =>
        {
            for (var node = block * FilterBlock * 64; node < Math.Min(Count, (block + 1) * FilterBlock * 64); node++)
            {
                words[node / 64] |= filter.Matches(Record(node)) ? 1UL << (node % 64) : 0;
            }
        });
        return words;
    });

    /// <summary>Rents the memory of one search; return it with <see cref="Return"/>.</summary>
    public HnswScratch Rent() =>
        _scratches.TryTake(out var scratch) ? scratch : new HnswScratch(Count, 2 * _header.M, _header.VectorStride + _header.CodeStride);

    public void Return(HnswScratch scratch) => _scratches.Add(scratch);

    /// <summary>Writes a query in all forms that the distances need.</summary>
    /// <param name="ready">The query as <see cref="ReadyVector"/> returns it.</param>
    /// <param name="scratch">The memory for the forms.</param>
    /// <param name="code">The form that the graph is searched with.</param>
    /// <returns>The float32 form.</returns>
    public byte* Prepare(ReadOnlySpan<float> ready, HnswScratch scratch, out byte* code)
    {
        var query = scratch.Query;
        var vector = new Span<float>(query, _header.VectorStride / sizeof(float));
        vector[ready.Length..].Clear();
        ready.CopyTo(vector);
        code = query;
        scratch.Norm = TensorPrimitives.Norm(ready);
        scratch.VectorLimit = Limit(scratch.Norm, Precision.Float32);
        scratch.Limit = Limit(scratch.Norm, _header.Precision);
        if (_header.Precision != Precision.Float32)
        {
            code = query + _header.VectorStride;
            VectorCodes.Write(_header.Precision, ready, new Span<byte>(code, _header.CodeStride));
        }

        return query;
    }

    /// <summary>Returns the problems of sections whose checksums do not match.</summary>
    public IEnumerable<string> Damages(CancellationToken cancellationToken)
    {
        foreach (var section in Enum.GetValues<SegmentSection>())
        {
            if (!IsSound(section, cancellationToken))
            {
                yield return Damage(section);
            }
        }
    }

    /// <summary>Gets the number of nodes of the graph; equal or nearly equal vectors share a node.</summary>
    public int Nodes => Count - Groups.Shared();

    /// <summary>Returns the number of nodes that cannot be reached from the entry point on the lowest layer.</summary>
    public int Unreachable()
    {
        var seen = new bool[Count];
        var waiting = new Stack<int>();
        var reached = 0;
        Meet(Graph.Entry);
        while (waiting.TryPop(out var node))
        {
            var row = Graph.Row(node, 0);
            for (var i = 0; i < Graph.Width(0) && Graph.IsLink(row[i]); i++)
            {
                Meet(row[i]);
            }
        }

        return Nodes - reached;

        void Meet(int node)
        {
            if (node >= 0 && !seen[node])
            {
                seen[node] = true;
                reached++;
                waiting.Push(node);
            }
        }
    }

    /// <summary>Unmaps the file. No search may be running.</summary>
    public void Dispose() => _file.Dispose();

    private static string Damage(SegmentSection section) =>
        $"the checksum of the {section.Name()} does not match; restore the index, or build it again.";

    private bool IsSound(SegmentSection section, CancellationToken cancellationToken)
    {
        const int Block = 1 << 24;
        var (offset, length, expected) = _header[section];
        var checksum = Checksum.Begin();
        for (long done = 0; done < length; done += Block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            checksum.Append(new ReadOnlySpan<byte>(_file.Data + offset + done, (int)Math.Min(Block, length - done)));
        }

        return checksum.GetCurrentHashAsUInt32() == expected;
    }

    // The bound on the magnitude of an intact vector's distance from the query, from the lengths of both and the quantization error of the
    // code.
    private float Limit(float norm, Precision precision)
    {
        if (precision == Precision.Binary)
        {
            return float.PositiveInfinity; // every code is valid
        }

        var both = _header.Similarity == SimilarityFunction.Euclidean
            ? Math.Pow((double)norm + _header.LongestVector, 2)
            : (double)norm * _header.LongestVector;
        var loss = precision == Precision.Int8 ? 1 + (Math.Sqrt(_header.Dimension) / 254) : 1;
        return (float)Math.Min(float.MaxValue, (both * loss * loss * (1 + LengthTolerance)) + float.Epsilon);
    }

    private byte* At(SegmentSection section) => _file.Data + _header[section].Offset;
}
