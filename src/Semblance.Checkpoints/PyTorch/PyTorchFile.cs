using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using StorageMap = System.Collections.Generic.Dictionary<string, (long Offset, long Length)>;

namespace Semblance.Checkpoints;

/// <summary>
/// Represents a dictionary of tensors that <c>torch.save</c> wrote (<c>pytorch_model.bin</c>): the zip archive of PyTorch 1.6 and later, or
/// the older sequence of pickles and raw storages. An allow-list restricts what the pickle can do.
/// </summary>
internal sealed class PyTorchFile : Checkpoint
{
    private static readonly BigInteger LegacyMagic =
        BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    // Tied weights have two to four names; more could request any amount of memory.
    private const int MostSharing = 16;

    private static readonly string[] Wrappers = ["state_dict", "model_state_dict", "model"];

    private PyTorchFile(string path, IReadOnlyDictionary<string, StoredTensor> tensors)
        : base(path, tensors)
    {
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">The file cannot be read, or its pickle needs more than tensors.</exception>
    public static new PyTorchFile Open(string path) => MappedFile.Open(path, Read);

    private static PyTorchFile Read(MappedFile file)
    {
        var (root, storages) = file.Bytes(0, (int)Math.Min(4, file.Length)) switch
        {
            [(byte)'P', (byte)'K', 3, 4] => ReadArchive(file),
            [0x80, ..] => ReadLegacy(file),
            _ => throw new CheckpointFormatException(file.Path, "this is not a file of torch.save: neither a zip archive nor a pickle."),
        };
        var tensors = new OrderedDictionary<string, StoredTensor>();
        var bytes = 0L;
        foreach (var (name, tensor) in Flatten(file.Path, root))
        {
            var stored = Locate(file, name, tensor, storages);
            tensors.Add(name, stored);
            bytes += stored.Info.ByteCount; // at most the length of the file, so the sum cannot overflow
            if (bytes / MostSharing > file.Length)
            {
                throw new CheckpointFormatException(
                    file.Path,
                    $"its tensors share storages and would take more than {MostSharing} times the {file.Length:N0} bytes of the file; "
                    + "save them as safetensors.");
            }
        }

        return new PyTorchFile(file.Path, tensors);
    }

    private static (object? Root, StorageMap Storages) ReadArchive(MappedFile file)
    {
        const string Pickle = "/data.pkl";
        var entries = ZipDirectory.Read(file);
        if (entries.Keys.Where(name => name.EndsWith(Pickle, StringComparison.Ordinal)).ToList() is not [var pickle])
        {
            throw new CheckpointFormatException(file.Path, "the archive must have exactly one data.pkl, as torch.save writes it.");
        }

        var folder = pickle[..^Pickle.Length];
        if (entries.TryGetValue($"{folder}/byteorder", out var order)
            && !file.Bytes(order.Offset, (int)Math.Min(order.Length, 16)).SequenceEqual("little"u8))
        {
            throw new CheckpointFormatException(file.Path, "the tensors are not stored little-endian; save the file again as safetensors.");
        }

        var prefix = $"{folder}/data/";
        var storages = entries
            .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);
        var (offset, length) = entries[pickle];
        return (new Unpickler(file, offset, offset + length).Run(), storages);
    }

    private static (object? Root, StorageMap Storages) ReadLegacy(MappedFile file)
    {
        var position = 0L;
        if (Next() is not BigInteger magic || magic != LegacyMagic || Next() is not 1001L
            || Next() is not OrderedDictionary<string, object?> system
            || !system.TryGetValue("little_endian", out var little) || little is not true)
        {
            throw new CheckpointFormatException(file.Path, "this is not a little-endian file of torch.save.");
        }

        var pickle = new Unpickler(file, position, file.Length);
        var root = pickle.Run();
        position = pickle.Position;
        var storages = new StorageMap();
        foreach (var key in Next() as List<object?> ?? [])
        {
            var count = BinaryPrimitives.ReadInt64LittleEndian(file.Bytes(position, sizeof(long)));
            position += sizeof(long);
            if (key is not string name || !pickle.Storages.TryGetValue(name, out var storage))
            {
                throw new CheckpointFormatException(
                    file.Path, $"the storage '{key}' belongs to no tensor; convert the file to safetensors.");
            }

            var size = TensorInfo.SizeOf(storage.Type);
            if (count < 0 || count > (file.Length - position) / size || !storages.TryAdd(name, (position, count * size)))
            {
                throw new CheckpointFormatException(
                    file.Path,
                    $"the storage '{name}' of {count} elements ends after the file, or occurs twice; the file is damaged or truncated.");
            }

            position += count * size;
        }

        return (root, storages);

        object? Next()
        {
            var next = new Unpickler(file, position, file.Length);
            var value = next.Run();
            position = next.Position;
            return value;
        }
    }

    /// <summary>
    /// Returns the tensors of a dictionary, or of the one under <c>state_dict</c> as trainers wrap it; other values are skipped.
    /// </summary>
    private static List<(string Name, TensorReference Tensor)> Flatten(string path, object? root)
    {
        var dictionary = root as OrderedDictionary<string, object?>;
        foreach (var wrapper in Wrappers)
        {
            if (dictionary is not null && dictionary.TryGetValue(wrapper, out var inner)
                && inner is OrderedDictionary<string, object?> wrapped)
            {
                dictionary = wrapped;
                break;
            }
        }

        var tensors = (dictionary ?? []).Where(entry => entry.Value is TensorReference)
            .Select(entry => (entry.Key, (TensorReference)entry.Value!)).ToList();
        return tensors.Count > 0
            ? tensors
            : throw new CheckpointFormatException(path, "the pickle is not a dictionary of tensors; save model.state_dict().");
    }

    private static StoredTensor Locate(MappedFile file, string name, TensorReference tensor, StorageMap storages)
    {
        var (storage, offset, size, stride) = tensor;
        if (!storages.TryGetValue(storage.Key, out var range) || storage.Count > range.Length / TensorInfo.SizeOf(storage.Type))
        {
            throw new CheckpointFormatException(
                file.Path, $"the storage of the tensor '{name}' is missing or too short; the file is damaged.");
        }

        if (size.Length != stride.Length || size.Any(number => number > int.MaxValue)
            || size.Concat(stride).Append(offset).Any(number => number is < 0 or > int.MaxValue * 64L))
        {
            throw Outside();
        }

        try
        {
            var info = new TensorInfo(name, storage.Type, Array.ConvertAll(size, number => (int)number));
            var last = offset;
            for (var dimension = 0; dimension < size.Length && info.Count > 0; dimension++)
            {
                last = checked(last + ((size[dimension] - 1) * stride[dimension]));
            }

            // More elements than the storage has could only be repetitions, and request any amount of memory.
            var start = range.Offset + (offset * TensorInfo.SizeOf(storage.Type));
            return (info.Count == 0 || last < storage.Count) && offset <= storage.Count && info.Count <= storage.Count
                ? new StoredTensor(info, file, start, IsContiguous(size, stride) ? null : stride)
                : throw Outside();
        }
        catch (OverflowException)
        {
            throw Outside();
        }

        CheckpointFormatException Outside() => new(
            file.Path,
            $"the tensor '{name}' [{string.Join(", ", size)}] with strides [{string.Join(", ", stride)}] from {offset} on is outside its "
            + $"storage of {storage.Count} elements.");
    }

    private static bool IsContiguous(long[] size, long[] stride)
    {
        var expected = 1L;
        for (var dimension = size.Length - 1; dimension >= 0; dimension--)
        {
            if (size[dimension] != 1 && stride[dimension] != expected)
            {
                return size.Contains(0); // without elements there is no order
            }

            expected *= Math.Max(1, size[dimension]);
        }

        return true;
    }
}
