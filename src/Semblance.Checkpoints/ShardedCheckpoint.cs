using System.Text.Json;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Checkpoints;

/// <summary>Represents weights that are split over several files, with an index from tensors to files (<c>*.index.json</c>).</summary>
internal sealed class ShardedCheckpoint : Checkpoint
{
    private const int MaxIndexLength = 32 << 20;

    private ShardedCheckpoint(string path, IReadOnlyDictionary<string, StoredTensor> tensors)
        : base(path, tensors)
    {
    }

    /// <summary>Opens an index and all files that it names; they are in the same folder.</summary>
    /// <exception cref="FileNotFoundException">The index or a file it names is missing.</exception>
    /// <exception cref="CheckpointFormatException">
    /// The index or a shard cannot be read, or a shard lacks a tensor the index promises.
    /// </exception>
    public static new ShardedCheckpoint Open(string path)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        var shards = new Dictionary<string, Checkpoint>();
        var tensors = new OrderedDictionary<string, StoredTensor>();
        foreach (var (name, shardName) in ReadWeightMap(path))
        {
            if (!shards.TryGetValue(shardName, out var shard))
            {
                shards[shardName] = shard = OpenShard(path, folder, shardName);
            }

            tensors.Add(name, shard.Stored.TryGetValue(name, out var tensor)
                ? tensor
                : throw new CheckpointFormatException(
                    path,
                    $"the tensor '{name}' is missing in '{shardName}', which the index names for it; the files do not belong together."));
        }

        return new ShardedCheckpoint(path, tensors);
    }

    private static Checkpoint OpenShard(string index, string folder, string name)
    {
        // The index is untrusted: a shard is a plain file name in the same folder and never another index.
        if (name is "" or "." or ".." || name.AsSpan().ContainsAny("/\\:\0"))
        {
            throw new CheckpointFormatException(
                index, $"the shard '{name}' is not a plain file name; expected a file in the folder of the index.");
        }

        var path = System.IO.Path.Combine(folder, name);
        return !File.Exists(path)
            ? throw new FileNotFoundException(
                ErrorMessage.Shorten($"{path}: the file is missing, but {index} names it as a shard; download the model again."), path)
            : System.IO.Path.GetExtension(name) switch
            {
                ".safetensors" => SafetensorsFile.Open(path),
                ".bin" => PyTorchFile.Open(path),
                _ => throw new CheckpointFormatException(index, $"the shard '{name}' has another extension than .safetensors and .bin."),
            };
    }

    private static OrderedDictionary<string, string> ReadWeightMap(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: there is no such file; check the path.", path);
        }

        if (new FileInfo(path).Length > MaxIndexLength)
        {
            throw new CheckpointFormatException(path, $"the index has more than {MaxIndexLength} bytes, which is not supported.");
        }

        try
        {
            using var document = JsonText.Parse(File.ReadAllBytes(path));
            var map = new OrderedDictionary<string, string>();
            foreach (var entry in document.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                if (!map.TryAdd(entry.Name, entry.Value.GetString() ?? ""))
                {
                    throw new CheckpointFormatException(path, $"the tensor '{entry.Name}' is listed twice; expected once.");
                }
            }

            return map;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CheckpointFormatException(
                path,
                $"this is not an index of shards: expected an object 'weight_map' from tensor names to file names. {error.Message}",
                error);
        }
    }
}
