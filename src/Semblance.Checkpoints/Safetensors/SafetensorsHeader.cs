using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Semblance.Checkpoints;

/// <summary>
/// Reads the header of a safetensors file: eight bytes of length, a JSON object from tensor names to type, shape and byte range, then the
/// data. Everything is checked before it is used.
/// </summary>
internal static class SafetensorsHeader
{
    private const int LengthBytes = 8;
    private const int MaxLength = 100_000_000;
    private const int MaxEntries = 1 << 20; // limits the memory of many short entries
    private const int MaxRank = 32;

    /// <summary>Reads the tensors and the metadata.</summary>
    public static (OrderedDictionary<string, StoredTensor> Tensors, Dictionary<string, string> Metadata) Read(MappedFile file)
    {
        if (file.Length < LengthBytes)
        {
            throw Fault(file, $"the file has {file.Length} bytes, less than a header; it is damaged or truncated.");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Bytes(0, LengthBytes));
        if (length > MaxLength || (long)length > file.Length - LengthBytes)
        {
            throw Fault(
                file,
                $"the header has {length} bytes, but the file has {file.Length} and a header at most {MaxLength}; it is not a safetensors "
                + "file, or truncated.");
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
                throw Fault(file, $"the header has '{name}' twice; expected once.");
            }
        }

        while (reader.Read()) // anything but white space after the object is an error
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
                throw Fault(file, $"the metadata has '{key}' twice; expected once.");
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
                throw Fault(file, $"the tensor '{name}' has '{key}' twice; expected once.");
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
            throw Fault(file, $"the shape of the tensor '{name}' is too large.", error);
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
                throw Fault(file, $"the tensor '{name}' has more than {MaxRank} dimensions, which is not supported.");
            }

            numbers.Add(reader.TryGetInt64(out var number) && number >= 0 && number <= max
                ? number
                : throw Fault(file, $"the tensor '{name}' has a size or offset that is not an integer from 0 to {max}."));
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
        _ => throw Fault(
            file,
            $"the tensor '{name}' has the type '{type}', which is not supported; supported are BOOL, U8 to U64, I8 to I64, F16, BF16, F32 "
            + "and F64."),
    };

    /// <summary>Checks, as the reference does, that the tensors fill the data without gaps and without overlap.</summary>
    private static void CheckCoverage(MappedFile file, OrderedDictionary<string, Entry> entries, long dataLength)
    {
        var position = 0L;
        var inOrder = entries.Values.ToArray();
        Array.Sort(inOrder, (a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        foreach (var entry in inOrder)
        {
            if (entry.Begin != position)
            {
                throw Fault(
                    file,
                    $"the tensor '{entry.Info.Name}' begins at byte {entry.Begin} of the data, but the previous one ends at {position}; "
                    + "expected no gap or overlap.");
            }

            position = entry.End;
        }

        if (position != dataLength)
        {
            throw Fault(
                file, $"the tensors take {position} bytes, but the file has {dataLength} after its header; it is damaged or truncated.");
        }
    }

    private static void CheckName(MappedFile file, string name, int before)
    {
        if (name.Length > TensorInfo.MaxNameLength)
        {
            throw Fault(
                file, $"the name '{name[..20]}…' has {name.Length:N0} characters; expected at most {TensorInfo.MaxNameLength:N0}.");
        }

        if (before == MaxEntries)
        {
            throw Fault(file, $"the header has more than {MaxEntries:N0} entries, which is not supported.");
        }
    }

    private static void Expect(MappedFile file, string name, ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (reader.TokenType != token)
        {
            throw Fault(file, $"the header has {reader.TokenType} in '{name}' , expected {token}.");
        }
    }

    private static CheckpointFormatException Fault(MappedFile file, string problem, Exception? inner = null) =>
        new(file.Path, problem, inner);

    // A class, because the runtime has compiled code for collections of classes; those of a struct are compiled when the first model loads.
    private sealed record Entry(TensorInfo Info, long Begin, long End);
}
