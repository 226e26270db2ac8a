using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>
/// Represents the builder from which a model takes its layers and parameters by their names in the checkpoint. It registers them in order,
/// so that no second list is needed to list parameters, find layers, count multiplications and pack constant weights.
/// </summary>
public sealed class ModelParameters
{
    private readonly Weights _weights;
    private readonly bool _optional;
    private readonly int _uses;
    private readonly List<Func<IEnumerable<Parameter>>> _parameters = [];
    private readonly Registry _registry;

    /// <summary>Initializes a new instance of the <see cref="ModelParameters"/> class.</summary>
    /// <param name="weights">The source of the parameters.</param>
    /// <param name="optional">
    /// <see langword="true"/>, the default, to take optional tensors if the source has them; otherwise, <see langword="false"/>.
    /// </param>
    public ModelParameters(Weights weights, bool optional = true)
        : this(weights ?? throw new ArgumentNullException(nameof(weights)), optional, 1, new Registry())
    {
    }

    private ModelParameters(Weights weights, bool optional, int uses, Registry registry) =>
        (_weights, _optional, _uses, _registry) = (weights, optional, uses, registry);

    /// <summary>Gets all parameters taken so far; those of a group are at the position of the group.</summary>
    public IEnumerable<Parameter> All => _parameters.SelectMany(taken => taken());

    /// <summary>Gets the layers taken so far by their names in the checkpoint.</summary>
    public IReadOnlyDictionary<string, Layer> Layers => _registry.Layers;

    /// <summary>Gets the number of multiplications that one token costs in the linear layers taken so far.</summary>
    public long Multiplications => _registry.Multiplications;

    /// <summary>Reserves a position in <see cref="All"/> for parameters that are taken later.</summary>
    /// <param name="uses">
    /// The number of times that a token passes the linear layers of the group: 0 if only some rows do, more than 1 if layers are shared. 1
    /// by default.
    /// </param>
    /// <returns>A builder over the same source.</returns>
    public ModelParameters Group(int uses = 1)
    {
        var group = new ModelParameters(_weights, _optional, uses, _registry);
        _parameters.Add(() => group.All);
        return group;
    }

    /// <summary>Returns a value that indicates whether the source has an optional tensor of this name, which must then be taken.</summary>
    /// <param name="name">The name.</param>
    public bool Contains(string name) => _optional && _weights.Contains(name);

    /// <summary>Ends the loading: all errors are reported together.</summary>
    /// <returns>
    /// <see langword="true"/> if all tensors were found; <see langword="false"/> if errors are collected for a later check.
    /// </returns>
    /// <exception cref="ModelFormatException">A tensor is missing or has another shape.</exception>
    public bool Check() => _weights.Check();

    /// <summary>
    /// Packs the weights of all linear layers; otherwise their first use does it. Float32 copies of weights of other types, which packing
    /// requires, are released.
    /// </summary>
    /// <param name="compute">
    /// The compute type of the layers that follow it. <see cref="ComputeType.Float32"/> by default.
    /// </param>
    /// <exception cref="ModelFormatException">A weight is not finite, which int8 cannot represent.</exception>
    public void Prepare(ComputeType compute = ComputeType.Float32)
    {
        foreach (var prepare in _registry.Preparations)
        {
            prepare(compute);
        }

        foreach (var (_, tensor) in All)
        {
            tensor.Trim();
        }
    }

    /// <summary>Takes a parameter that belongs to no layer.</summary>
    /// <param name="name">The name.</param>
    /// <param name="shape">The shape.</param>
    public Tensor Tensor(string name, params ReadOnlySpan<int> shape)
    {
        var tensor = _weights.Tensor(name, shape);
        _parameters.Add(() => [new(name, tensor)]);
        return tensor;
    }

    /// <summary>
    /// Takes a linear layer with <c>weight</c> and, optionally, <c>bias</c>. It follows the compute type if every token passes it: poolers
    /// and heads, which cost little and whose errors reach the result directly, stay in float32.
    /// </summary>
    /// <param name="name">The name of the layer.</param>
    /// <param name="outputs">The width of its outputs.</param>
    /// <param name="inputs">The width of its inputs.</param>
    /// <param name="bias"><see langword="true"/>, the default, if the layer has a bias; otherwise, <see langword="false"/>.</param>
    /// <param name="transposed">
    /// <see langword="true"/> if the weight is stored as <c>[inputs × outputs]</c>; otherwise, <see langword="false"/>, the default.
    /// </param>
    public Linear Linear(string name, int outputs, int inputs, bool bias = true, bool transposed = false)
    {
        var linear = Register(name, _weights.Linear(name, outputs, inputs, bias, transposed));
        linear.FollowsComputeType = _uses > 0;
        return Prepared(name, linear);
    }

    /// <summary>
    /// Takes a convolution with <c>weight</c> and, optionally, <c>bias</c>: a linear layer over windows. It always computes in float32.
    /// </summary>
    /// <param name="name">The name of the layer.</param>
    /// <param name="outputs">The width of its outputs.</param>
    /// <param name="bias"><see langword="true"/> if the layer has a bias; otherwise, <see langword="false"/>.</param>
    /// <param name="window">
    /// The shape of a window, such as <c>[inputs × width]</c>; the weight is stored as <c>[outputs × window]</c>.
    /// </param>
    public Linear Convolution(string name, int outputs, bool bias, params ReadOnlySpan<int> window)
    {
        var linear = Register(name, _weights.Convolution(name, outputs, bias, window));
        return Prepared(name, linear);
    }

    /// <summary>Takes an embedding table with <c>weight</c>.</summary>
    /// <param name="name">The name of the table.</param>
    /// <param name="rows">The number of embeddings.</param>
    /// <param name="columns">The width of an embedding.</param>
    public EmbeddingTable Embedding(string name, int rows, int columns) =>
        Register(name, new EmbeddingTable(_weights.Tensor(name + ".weight", rows, columns)));

    /// <summary>Takes a layer norm with <c>weight</c> and, optionally, <c>bias</c>.</summary>
    /// <param name="name">The name of the layer.</param>
    /// <param name="columns">The width of the normalized rows.</param>
    /// <param name="epsilon">The number added to the variance.</param>
    /// <param name="bias"><see langword="true"/>, the default, if the layer has a bias; otherwise, <see langword="false"/>.</param>
    public LayerNorm LayerNorm(string name, int columns, float epsilon, bool bias = true) =>
        Register(name, _weights.LayerNorm(name, columns, epsilon, bias));

    /// <summary>Takes a root-mean-square norm with <c>weight</c>.</summary>
    /// <param name="name">The name of the layer.</param>
    /// <param name="columns">The width of the normalized rows.</param>
    /// <param name="epsilon">The number added to the mean of the squares.</param>
    /// <param name="offset">The number added to the scale: 1 if the checkpoint stores the scale minus 1. 0 by default.</param>
    public RmsNorm RmsNorm(string name, int columns, float epsilon, float offset = 0) =>
        Register(name, _weights.RmsNorm(name, columns, epsilon, offset));

    /// <summary>Adds an action to <see cref="Prepare"/>, for a layer that is created from parameters in another way.</summary>
    /// <param name="prepare">Packs the weights for a compute type.</param>
    /// <param name="multiplications">The number of multiplications per row.</param>
    public void OnPrepare(Action<ComputeType> prepare, long multiplications = 0)
    {
        _registry.Preparations.Add(prepare);
        _registry.Multiplications += _uses * multiplications;
    }

    /// <summary>Registers a layer that was created from parameters of another source.</summary>
    /// <param name="name">The name of the layer.</param>
    /// <param name="layer">The layer.</param>
    /// <returns>The layer.</returns>
    public TLayer Register<TLayer>(string name, TLayer layer)
        where TLayer : Layer
    {
        ArgumentNullException.ThrowIfNull(layer);
        _registry.Layers[name] = layer;
        _parameters.Add(() => layer.Parameters(name));
        return layer;
    }

    private Linear Prepared(string name, Linear linear)
    {
        OnPrepare(
            compute =>
            {
                Pack(name, linear, compute);
                linear.Weight.Trim();
            },
            linear.Weight.Length);
        return linear;
    }

    private static void Pack(string name, Linear linear, ComputeType compute)
    {
        try
        {
            linear.Prepare(compute);
        }
        catch (NotFiniteNumberException e)
        {
            throw new ModelFormatException("model", $"the weight of layer '{name}' cannot be quantized. {e.Message}", e);
        }
    }

    // The state that a builder and its groups share.
    private sealed class Registry
    {
        public Dictionary<string, Layer> Layers { get; } = new(StringComparer.Ordinal);

        public List<Action<ComputeType>> Preparations { get; } = [];

        public long Multiplications { get; set; }
    }
}
