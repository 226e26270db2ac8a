using Semblance.Tensors;

namespace Semblance.Checkpoints;

/// <summary>
/// Represents the parameters of a model in an ONNX file; see <see href="https://github.com/onnx/onnx/blob/main/docs/IR.md"/>. Exporters
/// transpose the weights of linear layers and drop their names; here parameters have the names and the shapes that they had in the
/// model. Read are plain exports, those that ONNX Runtime's optimizer fused, and those of its dynamic int8 quantization.
/// Immutable and thread-safe.
/// </summary>
public sealed class OnnxFile
{
    private readonly IReadOnlyDictionary<string, OnnxWeight> _weights;

    private OnnxFile(string path, OnnxGraph graph)
    {
        Path = path;
        _weights = new OnnxNames(path, graph).Weights;
        Names = [.. _weights.Keys];
        HeadShapes = OnnxHeads.Of(graph);
    }

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; }

    /// <summary>Gets the names of the parameters, such as <c>encoder.layer.0.attention.self.query.weight</c>.</summary>
    public IReadOnlyCollection<string> Names { get; }

    /// <summary>
    /// Gets the numbers and the sizes of attention heads that the graph reshapes to; a size of 0 is not in the graph. Empty if the
    /// graph does not tell.
    /// </summary>
    public IReadOnlyCollection<(int Count, int Size)> HeadShapes { get; }

    /// <summary>Opens a file. The weights stay in the file, or in its file of external data, until they are read.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">
    /// The file is not an ONNX model, is damaged, or has weights in an operator that is not supported; the message names it.
    /// </exception>
    public static OnnxFile Open(string path) => new(path, OnnxGraph.Open(path));

    /// <summary>Returns the shape of a parameter.</summary>
    /// <param name="name">The name of the parameter.</param>
    /// <exception cref="CheckpointFormatException">There is no such parameter.</exception>
    public IReadOnlyList<int> Shape(string name) => Find(name).Shape;

    /// <summary>
    /// Returns the type in which a parameter loses nothing: <see cref="DType.F32"/>, <see cref="DType.F16"/> or <see cref="DType.BF16"/>.
    /// </summary>
    /// <param name="name">The name of the parameter.</param>
    /// <exception cref="CheckpointFormatException">There is no such parameter.</exception>
    public DType Type(string name) => Find(name).Type;

    /// <summary>Reads a parameter in the shape that it has in the model.</summary>
    /// <param name="name">The name of the parameter.</param>
    /// <exception cref="CheckpointFormatException">There is no such parameter, or it has more than 2³¹−1 elements.</exception>
    public Tensor Read(string name) => Find(name).Read();

    private OnnxWeight Find(string name) => _weights.TryGetValue(name, out var weight)
        ? weight
        : throw new CheckpointFormatException(Path, $"there is no parameter '{name}' among its {Names.Count}.");
}
