using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Semblance.Checkpoints;

/// <summary>
/// The header of a safetensors file: eight bytes of length, a JSON object from tensor names to type, shape and byte
/// range, then the data. Nothing of it is believed before it is checked.
/// </summary>
internal static class SafetensorsHeader
{
    private const int LengthBytes = 8;
    private const int MaxLength = 100_000_000;
    private const int MaxEntries = 1 << 20; // bounds the memory that many short entries take
    private const int MaxRank = 32;

    public static (OrderedDictionary<string, StoredTensor> Tensors, Dictionary<string, string> Metadata) Read(MappedFile file)
    {
        if (file.Length < LengthBytes)
        {
            throw Fault(file, $"the file has {file.Length} bytes, less than a header; it is damaged or cut short.");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Bytes(0, LengthBytes));
        if (length > MaxLength || (long)length > file.Length - LengthBytes)
        {
            throw Fault(file, $"the header should take {length} bytes, but the file has {file.Length} (and a header at most {MaxLength}); it is no safetensors file, or cut short.");
        }

        var json = file.Bytes(LengthBytes, (int)length);
        if (!json.StartsWith("{"u8) || !Utf8.IsValid(json))
        {
            throw Fault(file, "the header is not a JSON object in UTF-8.");
        }

        try
        {
            return Parse(file, json, LengthBytes + (long)length);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped lone surrogate in a string.
            throw Fault(file, $"the header is not valid JSON. {error.Message}", error);
        }
    }

    private static (OrderedDictionary<string, StoredTensor>, Dictionary<string, string>) Parse(
        MappedFile file, ReadOnlySpan<byte> json, long dataStart)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        var entries = new OrderedDictionary<string, Entry>();
        Dictionary<string, string>? metadata = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            CheckName(file, name, entries.Count);
            reader.Read();
            if (name == "__metadata__" && metadata is null)
            {
                metadata = ReadMetadata(file, ref reader);
            }
            else if (name == "__metadata__" || !entries.TryAdd(name, ReadEntry(file, name, ref reader)))
            {
                throw Fault(file, $"the header names '{name}' twice.");
            }
        }

        while (reader.Read()) // anything but spaces after the object is an error of the JSON
        {
        }

        CheckCoverage(file, entries, file.Length - dataStart);
        var tensors = new OrderedDictionary<string, StoredTensor>(entries.Count);
        foreach (var (name, entry) in entries)
        {
            tensors.Add(name, new StoredTensor(entry.Info, file, dataStart + entry.Begin));
        }

        return (tensors, metadata ?? []);
    }

    private static Dictionary<string, string> ReadMetadata(MappedFile file, ref Utf8JsonReader reader)
    {
        var metadata = new Dictionary<string, string>();
        Expect(file, "__metadata__", ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            CheckName(file, key, metadata.Count);
            reader.Read();
            Expect(file, "__metadata__", ref reader, JsonTokenType.String);
            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw Fault(file, $"the header's metadata names '{key}' twice.");
            }
        }

        return metadata;
    }

    private static Entry ReadEntry(MappedFile file, string name, ref Utf8JsonReader reader)
    {
        DType? type = null;
        List<long>? shape = null, range = null;
        Expect(file, name, ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString();
            reader.Read();
            if (key == "dtype" && type is null)
            {
                Expect(file, name, ref reader, JsonTokenType.String);
                type = ParseType(file, name, reader.GetString()!);
            }
            else if (key == "shape" && shape is null)
            {
                shape = ReadNumbers(file, name, ref reader, int.MaxValue);
            }
            else if (key == "data_offsets" && range is null)
            {
                range = ReadNumbers(file, name, ref reader, long.MaxValue);
            }
            else if (key is "dtype" or "shape" or "data_offsets")
            {
                throw Fault(file, $"the tensor '{name}' has '{key}' twice.");
            }
            else
            {
                reader.Skip();
            }
        }

        if (type is null || shape is null || range is not [var begin, var end])
        {
            throw Fault(file, $"the tensor '{name}' needs 'dtype', 'shape' and 'data_offsets' with two numbers.");
        }

        try
        {
            var info = new TensorInfo(name, type.Value, shape.ConvertAll(size => (int)size));
            return begin <= end && info.ByteCount == end - begin
                ? new Entry(info, begin, end)
                : throw Fault(file, $"the tensor {info} needs {info.ByteCount} bytes, but its 'data_offsets' are [{begin}, {end}].");
        }
        catch (OverflowException error)
        {
            throw Fault(file, $"the shape of the tensor '{name}' is impossibly large.", error);
        }
    }

    private static List<long> ReadNumbers(MappedFile file, string name, ref Utf8JsonReader reader, long max)
    {
        var numbers = new List<long>(4);
        Expect(file, name, ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(file, name, ref reader, JsonTokenType.Number);
            if (numbers.Count == MaxRank)
            {
                throw Fault(file, $"the tensor '{name}' has more than {MaxRank} dimensions.");
            }

            numbers.Add(reader.TryGetInt64(out var number) && number >= 0 && number <= max
                ? number
                : throw Fault(file, $"the tensor '{name}' has a size or offset that is not a whole number from 0 to {max}."));
        }

        return numbers;
    }

    private static DType ParseType(MappedFile file, string name, string type) => type switch
    {
        "BOOL" => DType.Bool,
        "U8" => DType.U8,
        "I8" => DType.I8,
        "U16" => DType.U16,
        "I16" => DType.I16,
        "U32" => DType.U32,
        "I32" => DType.I32,
        "U64" => DType.U64,
        "I64" => DType.I64,
        "F16" => DType.F16,
        "BF16" => DType.BF16,
        "F32" => DType.F32,
        "F64" => DType.F64,
        _ => throw Fault(file, $"the tensor '{name}' has the type '{type}'; BOOL, U8 to U64, I8 to I64, F16, BF16, F32 and F64 are read."),
    };

    /// <summary>As the reference demands: the tensors fill the data without gaps and without overlap.</summary>
    private static void CheckCoverage(MappedFile file, OrderedDictionary<string, Entry> entries, long dataLength)
    {
        var position = 0L;
        var inOrder = entries.Values.ToArray();
        Array.Sort(inOrder, (a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        foreach (var entry in inOrder)
        {
            if (entry.Begin != position)
            {
                throw Fault(file, $"the tensor '{entry.Info.Name}' begins at byte {entry.Begin} of the data, but the one before ends at {position}; tensors lie end to end.");
            }

            position = entry.End;
        }

        if (position != dataLength)
        {
            throw Fault(file, $"the tensors take {position} bytes, but the file has {dataLength} after its header; it is damaged or cut short.");
        }
    }

    private static void CheckName(MappedFile file, string name, int before)
    {
        if (name.Length > TensorInfo.MaxNameLength)
        {
            throw Fault(file, $"the name '{name[..20]}…' has {name.Length:N0} characters; expected at most {TensorInfo.MaxNameLength:N0}.");
        }

        if (before == MaxEntries)
        {
            throw Fault(file, $"the header has more than {MaxEntries:N0} entries.");
        }
    }

    private static void Expect(MappedFile file, string name, ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (reader.TokenType != token)
        {
            throw Fault(file, $"the header has {reader.TokenType} in '{name}' where {token} is expected.");
        }
    }

    private static CheckpointFormatException Fault(MappedFile file, string problem, Exception? inner = null) => new(file.Path, problem, inner);

    // A class, whose collections the runtime has ready: those of a struct are compiled while the first model is loaded.
    private sealed record Entry(TensorInfo Info, long Begin, long End);
}
