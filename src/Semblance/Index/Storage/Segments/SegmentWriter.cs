using System.IO.Hashing;
using System.Runtime.InteropServices;
using Semblance.Files;
using Semblance.Tensors.Instructions;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Writes a segment: first vectors and records in bounded memory, then the other sections over a memory map of the file. A file that is not
/// completed is deleted.
/// </summary>
internal sealed unsafe class SegmentWriter : IDisposable
{
    private const int BufferSize = 1 << 20;

    private readonly IndexManifest _manifest;
    private readonly string _path;
    private readonly string _recordsPath;
    private readonly OutputStream _file;
    private readonly BufferedStream _output;
    private readonly FileStream _records;
    private readonly OutputStream _recordsOutput;
    private readonly List<int> _recordLengths = [];
    private readonly List<ulong> _deleted = [];
    private readonly List<ulong> _hashes = [];
    private readonly Crc32 _checksum = Checksum.Begin();
    private readonly byte[] _padding = new byte[64];
    private SegmentHeader _header;
    private long _position;
    private long _sectionStart;
    private float _longest;
    private bool _isComplete;

    public SegmentWriter(string folder, IndexManifest manifest, Func<string, FileStream> open)
    {
        _manifest = manifest;
        _path = Path.Combine(folder, manifest.Segment);
        _recordsPath = Path.Combine(folder, IndexManifest.Name(manifest.Generation, "records"));
        _header = new SegmentHeader
        {
            Dimension = manifest.Dimension,
            Similarity = manifest.Options.Similarity,
            Precision = manifest.Options.Precision,
            M = manifest.Options.M,
        };
        _file = new OutputStream(open(_path), _path);
        _file.SetLength(0);
        _output = new BufferedStream(_file, BufferSize);
        _records = new FileStream(
            _recordsPath, FileMode.Create, FileAccess.ReadWrite, FileShare.None, BufferSize, FileOptions.DeleteOnClose);
        _recordsOutput = new OutputStream(_records, _recordsPath);
        _output.Write(new byte[SegmentHeader.Length]);
        _position = _sectionStart = SegmentHeader.Length;
    }

    /// <summary>Gets the number of vectors appended.</summary>
    public int Count => _recordLengths.Count;

    /// <summary>Appends a vector as <see cref="ReadyVector"/> returns it.</summary>
    public void Append(ReadOnlySpan<float> vector, ReadOnlySpan<byte> record, bool isDeleted = false)
    {
        Write(MemoryMarshal.AsBytes(vector));
        Write(_padding.AsSpan(0, _header.VectorStride - (vector.Length * sizeof(float))));
        _recordsOutput.Write(record);
        _hashes.Add(RecordNodes.HashOf(vector));
        _longest = Math.Max(_longest, TensorPrimitives.Norm(vector));
        if (Count % 64 == 0)
        {
            _deleted.Add(0);
        }

        CollectionsMarshal.AsSpan(_deleted)[^1] |= isDeleted ? 1UL << (Count % 64) : 0;
        _recordLengths.Add(record.Length);
    }

    /// <summary>Builds the graph and writes the other sections; after that, the segment can be opened.</summary>
    /// <param name="basis">The segment of the first vectors, whose graph is extended; <see langword="null"/> to build a new graph.</param>
    /// <param name="maxThreads">The maximum number of threads.</param>
    /// <param name="progress">Receives the completed fraction of the graph.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">An id is not unique.</exception>
    public void Complete(Segment? basis, int maxThreads, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var count = Count;
        _header = _header with { Count = count, LongestVector = _longest };
        End(SegmentSection.Vectors);
        WriteRecordStarts();
        CopyRecords(cancellationToken);
        End(SegmentSection.Records);
        Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_deleted)));
        End(SegmentSection.Deleted);
        _output.Flush();
        using (var map = new FileMap(_path))
        {
            WriteIds(map);
        }

        // A separate map: that of the ids keeps the records in memory.
        using (var map = new FileMap(_path))
        {
            WriteCodes(map, cancellationToken);
            WriteGraph(map, basis, maxThreads, progress, cancellationToken);
        }

        _output.Flush();
        _file.Position = 0;
        _file.Write(_header.Encode());
        _file.Flush(toDisk: true);
        _isComplete = true;
    }

    public void Dispose()
    {
        try
        {
            _recordsOutput.Dispose();
        }
        catch (IOException)
        {
            // The disk is full, and the buffered data is not needed.
        }
        finally
        {
            _file.Dispose();
            if (!_isComplete)
            {
                File.Delete(_path);
            }
        }
    }

    private void WriteRecordStarts()
    {
        var start = 0L;
        Write(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in start)));
        foreach (var length in _recordLengths)
        {
            start += length;
            Write(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in start)));
        }

        End(SegmentSection.RecordStarts);
    }

    private void WriteIds(FileMap map)
    {
        var capacity = IdTable.Capacity(Count);
        using var table = new NativeArray<int>(capacity);
        for (var node = 0; node < Count; node++)
        {
            if ((_deleted[node / 64] >> (node % 64) & 1) != 0)
            {
                continue;
            }

            var id = Record(map, node).IdBytes;
            var place = IdTable.Start(id, capacity);
            for (; table.Data[place] != 0; place = (place + 1) & (capacity - 1))
            {
                if (Record(map, table.Data[place] - 1).IdBytes.SequenceEqual(id))
                {
                    throw new ArgumentException(
                        $"The id '{StoredText.Escaped(Record(map, node).Id)}' comes twice: as vector {table.Data[place]} and as vector " +
                        $"{node + 1}; give each vector an id of its own.");
                }
            }

            table.Data[place] = node + 1;
        }

        Write(new ReadOnlySpan<byte>(table.Data, capacity * sizeof(int)));
        End(SegmentSection.Ids);
    }

    private void WriteCodes(FileMap map, CancellationToken cancellationToken)
    {
        var code = new byte[_header.CodeStride];
        for (var node = 0; node < Count && code.Length > 0; node++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            VectorCodes.Write(
                _header.Precision, new ReadOnlySpan<float>(Vectors(map) + ((nint)node * _header.VectorStride), _header.Dimension), code);
            Write(code);
        }

        End(SegmentSection.Codes);
    }

    private void WriteGraph(FileMap map, Segment? basis, int maxThreads, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var space = new VectorSpace(
            Vectors(map),
            _header.VectorStride,
            _header.VectorStride / sizeof(float),
            VectorDistance.Of(Precision.Float32, _header.Similarity, InstructionSets.Current));
        using var nodes = new RecordNodes(space, _header.Dimension, _header.Similarity, CollectionsMarshal.AsSpan(_hashes));
        var continued = basis is not null && nodes.TryContinue(basis.Graph, basis.Groups, most: _manifest.Options.M) ? basis.Graph : null;
        using var builder = new HnswBuilder(_path, space, nodes, Count, _manifest.Options, continued);
        builder.Build(maxThreads, progress, cancellationToken);
        var graph = builder.Graph;
        Write(graph.Links, 2L * Count * graph.M);
        End(SegmentSection.Links);
        Write(graph.UpperStarts, Count + 1L);
        End(SegmentSection.UpperStarts);
        Write(graph.UpperLinks, (long)graph.UpperRows * graph.M);
        End(SegmentSection.UpperLinks);
        var (starts, entries) = nodes.Groups((a, b) => StoredRecord.CompareIds(Record(map, a).IdBytes, Record(map, b).IdBytes));
        Write(MemoryMarshal.AsBytes<int>(starts));
        End(SegmentSection.GroupStarts);
        Write(MemoryMarshal.AsBytes<int>(entries));
        End(SegmentSection.Groups);
        _header = _header with { Entry = graph.Entry, EntryLevel = graph.EntryLevel, UpperBlocks = graph.UpperRows };
    }

    private StoredRecord Record(FileMap map, int node)
    {
        var starts = (long*)(map.Data + _header[SegmentSection.RecordStarts].Offset);
        return new(_path, new ReadOnlySpan<byte>(map.Data + _header[SegmentSection.Records].Offset + starts[node], _recordLengths[node]));
    }

    private byte* Vectors(FileMap map) => map.Data + _header[SegmentSection.Vectors].Offset;

    private void CopyRecords(CancellationToken cancellationToken)
    {
        _recordsOutput.Position = 0; // flushes the buffer
        var buffer = new byte[BufferSize];
        for (int read; (read = _records.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Write(buffer.AsSpan(0, read));
        }
    }

    private void Write(int* numbers, long count)
    {
        const int Block = 1 << 20;
        for (long done = 0; done < count; done += Block)
        {
            Write(new ReadOnlySpan<byte>(numbers + done, (int)Math.Min(Block, count - done) * sizeof(int)));
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _checksum.Append(bytes);
        _output.Write(bytes);
        _position += bytes.Length;
    }

    // Sections start at cache lines.
    private void End(SegmentSection section)
    {
        _header.Sections[(int)section] = (_sectionStart, _position - _sectionStart, _checksum.GetCurrentHashAsUInt32());
        var padding = (int)(-_position & 63);
        _output.Write(_padding.AsSpan(0, padding));
        _position += padding;
        _sectionStart = _position;
        _checksum.Reset();
    }
}
