using System.Text.Json;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Checkpoints;

/// <summary>Weights split over several files, with an index that says which tensor is where (<c>*.index.json</c>).</summary>
internal sealed class ShardedCheckpoint : Checkpoint
{
    private const int MaxIndexLength = 32 << 20;

    private ShardedCheckpoint(string path, IReadOnlyDictionary<string, StoredTensor> tensors)
        : base(path, tensors)
    {
    }

    /// <summary>Opens an index and all files it names; they lie beside it.</summary>
    /// <exception cref="FileNotFoundException">The index or a file it names is missing.</exception>
    /// <exception cref="CheckpointFormatException">The index or a shard cannot be read, or a shard lacks a tensor the index promises.</exception>
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
                : throw new CheckpointFormatException(path, $"the tensor '{name}' should be in '{shardName}' but is not; the files do not belong together."));
        }

        return new ShardedCheckpoint(path, tensors);
    }

    private static Checkpoint OpenShard(string index, string folder, string name)
    {
        // The index comes from a stranger: a shard is a plain name in the same folder and never another index.
        if (name is "" or "." or ".." || name.AsSpan().ContainsAny("/\\:\0"))
        {
            throw new CheckpointFormatException(index, $"the shard '{name}' is not a plain file name; shards lie beside their index.");
        }

        var path = System.IO.Path.Combine(folder, name);
        return !File.Exists(path)
            ? throw new FileNotFoundException(ErrorMessage.Shorten($"{path}: this shard is missing but {index} names it; download the model again."), path)
            : System.IO.Path.GetExtension(name) switch
            {
                ".safetensors" => SafetensorsFile.Open(path),
                ".bin" => PyTorchFile.Open(path),
                _ => throw new CheckpointFormatException(index, $"the shard '{name}' is neither .safetensors nor .bin."),
            };
    }

    private static OrderedDictionary<string, string> ReadWeightMap(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: there is no such file.", path);
        }

        if (new FileInfo(path).Length > MaxIndexLength)
        {
            throw new CheckpointFormatException(path, $"an index of more than {MaxIndexLength} bytes is not read.");
        }

        try
        {
            using var document = JsonText.Parse(File.ReadAllBytes(path));
            var map = new OrderedDictionary<string, string>();
            foreach (var entry in document.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                if (!map.TryAdd(entry.Name, entry.Value.GetString() ?? ""))
                {
                    throw new CheckpointFormatException(path, $"the tensor '{entry.Name}' is listed twice.");
                }
            }

            return map;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CheckpointFormatException(path, $"not an index of shards: expected an object 'weight_map' from tensor names to file names. {error.Message}", error);
        }
    }
}
