using Semblance.Tensors;

namespace Semblance.Checkpoints;

/// <summary>
/// Represents the named tensors of a model. Float32 weights are used from the mapped file without a copy; matrices of float16, bfloat16 and
/// int8 with scales are converted where they are used, and other types when they are read. Immutable and thread-safe. There is nothing to
/// dispose: the mapping lives as long as the checkpoint or one of its tensors.
/// </summary>
/// <remarks>
/// <para>A file in use can be replaced by renaming, as every writer here does, but must not be shortened or overwritten: the operating
/// system ends a process that reads mapped bytes that no longer exist.</para>
/// <para>The formats are fixed: a program cannot derive from this class.</para>
/// </remarks>
public abstract class Checkpoint
{
    private static readonly string[] FileNames =
        ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"];

    private protected Checkpoint(string path, IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        Path = path;
        Stored = tensors;
        Tensors = [.. tensors.Values.Select(tensor => tensor.Info)];
    }

    /// <summary>Gets the path of the file that was opened, for messages.</summary>
    public string Path { get; }

    /// <summary>Gets all tensors, in the order of the file.</summary>
    public IReadOnlyCollection<TensorInfo> Tensors { get; }

    internal IReadOnlyDictionary<string, StoredTensor> Stored { get; }

    /// <summary>
    /// Opens the weights of a model folder: <c>model.safetensors</c>, else its shards, else <c>pytorch_model.bin</c>, else its shards.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FileNotFoundException">The folder has no weights.</exception>
    /// <exception cref="CheckpointFormatException">The weights cannot be read.</exception>
    public static Checkpoint Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException(
                $"{folder}: there is no such folder; pass the folder of a model, or download the model first.");
        }

        var path = FileNames.Select(name => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return path is not null
            ? OpenFile(path)
            : throw new FileNotFoundException($"{folder}: the folder has no weights; expected {string.Join(", ", FileNames)}.");
    }

    /// <summary>Opens one file of weights: <c>.safetensors</c>, a shard index (<c>.index.json</c>) or a <c>pytorch_model.bin</c>.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">The file cannot be read.</exception>
    public static Checkpoint OpenFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return System.IO.Path.GetExtension(path) switch
        {
            ".safetensors" => SafetensorsFile.Open(path),
            ".json" => ShardedCheckpoint.Open(path),
            _ => PyTorchFile.Open(path),
        };
    }

    /// <summary>
    /// Returns whether a file with a name holds the weights of a model or says where they are: <c>model.safetensors</c>,
    /// <c>pytorch_model.bin</c>, their shards and indexes, and the files of an adapter.
    /// </summary>
    /// <param name="name">The name, without a folder.</param>
    public static bool IsFileName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return HubFiles.IsWeights(name) || name == "adapter_config.json";
    }

    /// <summary>Returns whether there is a tensor with a name.</summary>
    /// <param name="name">The name.</param>
    public bool Contains(string name) => Stored.ContainsKey(name);

    /// <summary>Returns the type and the shape of a tensor.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <exception cref="CheckpointFormatException">There is no such tensor.</exception>
    public TensorInfo Info(string name) => Find(name).Info;

    /// <summary>Returns whether a tensor is of int8 with scales, which <see cref="Read"/> applies.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <exception cref="CheckpointFormatException">There is no such tensor.</exception>
    public bool HasScales(string name) => Find(name).HasScales;

    /// <summary>Reads a tensor of any stored type as float32.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <exception cref="CheckpointFormatException">There is no such tensor, or it has more than 2³¹−1 elements.</exception>
    public Tensor Read(string name) => Find(name).ReadSingle();

    /// <summary>Reads the elements of a tensor of any integer or boolean type, in row-major order.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <exception cref="CheckpointFormatException">
    /// There is no such tensor, it holds floats, or it has more than 2³¹−1 elements.
    /// </exception>
    public long[] ReadInt64(string name) => Find(name).ReadInt64();

    private StoredTensor Find(string name) => Stored.TryGetValue(name, out var tensor)
        ? tensor
        : throw new CheckpointFormatException(
            Path,
            $"there is no tensor '{name}' among its {Tensors.Count} "
            + $"({string.Join(", ", Tensors.Take(3).Select(info => info.Name))}{(Tensors.Count > 3 ? ", …" : "")}).");
}
