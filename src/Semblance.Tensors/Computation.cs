using Semblance.Tensors.Instructions;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>
/// Represents one run through a model: it leases the memory of activations and distributes operations over the workers. Operations are
/// extension methods on it, so that a model reads <c>run.Linear(x, layer)</c>.
/// </summary>
/// <remarks>
/// Not thread-safe: each call of a model makes its own computation. Tensors made by a computation are valid until it is disposed;
/// disposing a tensor earlier lets the next one reuse its memory.
/// </remarks>
public sealed class Computation : IDisposable
{
    // Below this number of multiplications, waking another thread costs more than it saves.
    private const long WorthSharing = 1 << 18;

    private readonly Arena _arena = Arena.Rent();
    private readonly List<Tensor> _tensors = [];
    private readonly CancellationToken _cancellationToken;
    private readonly int _maxThreads;
    private readonly ulong? _dropoutSeed;
    private readonly float? _dropoutRate;
    private List<(Tensor Output, Action<Tensor> Backward)> _tape = [];
    private uint _dropouts;
    private bool _isPaused;
    private ReducedInput? _lastInput;

    /// <summary>Initializes a new instance of the <see cref="Computation"/> class.</summary>
    /// <param name="maxThreads">The maximum number of threads, including the calling thread.</param>
    /// <param name="instructions">The vector instructions to use; <see langword="null"/>, the default, for the best available.</param>
    /// <param name="recording">
    /// <see langword="true"/> to record each operation, so that <see cref="Backward"/> can compute gradients.
    /// </param>
    /// <param name="dropoutSeed">
    /// The random seed of dropout: the same seed drops the same elements. <see langword="null"/>, the default, for no dropout.
    /// </param>
    /// <param name="dropoutRate">
    /// The dropout probability wherever a model applies dropout; <see langword="null"/> for the model's own.
    /// </param>
    /// <param name="recompute">
    /// <see langword="true"/> to let <see cref="RecomputeOperation.Recompute"/> compute layers again in the backward pass to save memory.
    /// </param>
    /// <param name="compute">
    /// The number format of the layers that follow it (<see cref="Linear.FollowsComputeType"/>). <see cref="ComputeType.Float32"/> by
    /// default; a recording computation supports no other.
    /// </param>
    /// <param name="cancellationToken">The token that cancels the computation between two operations.</param>
    /// <exception cref="NotSupportedException">The computation records in another number format than float32.</exception>
    public Computation(
        int maxThreads = int.MaxValue,
        InstructionSet? instructions = null,
        bool recording = false,
        ulong? dropoutSeed = null,
        float? dropoutRate = null,
        bool recompute = false,
        ComputeType compute = ComputeType.Float32,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxThreads, 1);
        if (recording && compute != ComputeType.Float32)
        {
            throw new NotSupportedException($"Training computes in Float32; {compute} is not supported while operations are recorded.");
        }

        Compute = compute;
        _maxThreads = maxThreads;
        _cancellationToken = cancellationToken;
        Instructions = instructions ?? InstructionSets.Current;
        Recording = recording;
        _dropoutSeed = dropoutSeed;
        _dropoutRate = dropoutRate;
        Recomputes = recompute;
    }

    /// <summary>Gets a value that indicates whether operations are recorded for <see cref="Backward"/>.</summary>
    public bool Recording { get; }

    /// <summary>
    /// Gets a value that indicates whether layers inside <see cref="RecomputeOperation.Recompute"/> are computed again in the backward
    /// pass.
    /// </summary>
    public bool Recomputes { get; }

    /// <summary>Gets the largest number of bytes that activations and their gradients have taken at the same time so far.</summary>
    public long PeakBytes => _arena.PeakBytes;

    /// <summary>Gets the vector instructions in use.</summary>
    public InstructionSet Instructions { get; }

    /// <summary>Gets the number format of the layers that follow it.</summary>
    public ComputeType Compute { get; }

    /// <summary>
    /// Gets the wrappers of this computation, in place of those that were put around the layers (<see cref="Layer.Wrap"/>);
    /// <see langword="null"/>, the default, for the layers' own. Computations with different wrappers can share a model at the same time.
    /// </summary>
    public IReadOnlyDictionary<Layer, LayerWrapper>? Wrappers { get; init; }

    /// <summary>
    /// Gets the dropout probability of attention weights, in place of that of the constructor; <see langword="null"/>, the default, for
    /// that of the constructor.
    /// </summary>
    public float? AttentionDropoutRate { get; init; }

    /// <summary>
    /// Gets what receives the operations instead of computing them; <see langword="null"/>, the default, to compute. The layers must not
    /// be wrapped in anything that is not traced.
    /// </summary>
    public IOperationTrace? Trace { get; init; }

    /// <summary>Gets the number of dropout masks and random seeds drawn so far.</summary>
    internal uint Dropouts => _dropouts;

    /// <summary>Gets a value that indicates whether operations are recorded at the moment.</summary>
    internal bool RecordsNow => Recording && !_isPaused;

    /// <summary>Returns all memory.</summary>
    public void Dispose()
    {
        foreach (var tensor in _tensors)
        {
            tensor.Release();
        }

        _tensors.Clear();
        _arena.Release(Recording);
    }

    /// <summary>
    /// Runs the backward pass (reverse accumulation, Linnainmaa 1970): adds to <see cref="Tensor.Gradient"/> of every tensor that requires
    /// a gradient and was not itself computed here. The recorded memory is released during the pass, except that of
    /// <paramref name="output"/>.
    /// </summary>
    /// <param name="output">A result of this computation.</param>
    /// <param name="gradient">
    /// The derivative of the loss by each element of <paramref name="output"/>; ones if <see langword="null"/>.
    /// </param>
    /// <exception cref="InvalidOperationException">Nothing was recorded.</exception>
    /// <exception cref="ArgumentException">The gradient has another shape than the output.</exception>
    public void Backward(Tensor output, Tensor? gradient = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!Recording)
        {
            throw new InvalidOperationException("The computation was not recording; start it with recording: true.");
        }

        if (gradient is not null && !gradient.Shape.SequenceEqual(output.Shape))
        {
            throw new ArgumentException($"A gradient {gradient} does not fit an output {output}.", nameof(gradient));
        }

        var seed = Lease(output.Shape);
        if (gradient is null)
        {
            seed.Writable.Fill(1);
        }
        else
        {
            gradient.Values.CopyTo(seed.Writable);
        }

        output.AddGradient(seed);
        RunBackward(output);
    }

    /// <summary>
    /// Returns a random seed for an objective that draws random numbers besides dropout; the same dropout seed gives the same numbers.
    /// <see langword="null"/> without a dropout seed.
    /// </summary>
    public ulong? NextSeed() => _dropoutSeed is { } seed ? DropoutMask.Mix(DropoutMask.Mix(seed) + _dropouts++) : null;

    /// <summary>Returns the mask of the next dropout; nothing is dropped if the computation has no seed.</summary>
    internal DropoutMask NextDropout(float rate, bool attention = false) => _dropoutSeed is { } seed
        ? new DropoutMask(seed, _dropouts++, (attention ? AttentionDropoutRate : null) ?? _dropoutRate ?? rate)
        : default;

    /// <summary>Records how the gradient of a result is propagated to the tensors that it was computed from.</summary>
    /// <param name="output">The result, leased from this computation.</param>
    /// <param name="backward">
    /// The backward pass: receives the gradient of the result and calls <see cref="Tensor.AddGradient"/> of each input that requires one.
    /// </param>
    /// <param name="needed">
    /// The tensors whose elements the backward pass reads, <paramref name="output"/> among them if it reads the result: disposing them
    /// before it has no effect. The memory of all others is reused as soon as they are disposed; only their shapes can be read then.
    /// </param>
    public void Record(Tensor output, Action<Tensor> backward, params ReadOnlySpan<Tensor?> needed)
    {
        output.RequiresGradient = true;
        if (_isPaused)
        {
            return;
        }

        foreach (var tensor in needed)
        {
            tensor?.Recorded = true;
        }

        _tape.Add((output, backward));
    }

    /// <summary>Runs operations without recording them and keeps only their result.</summary>
    internal Tensor RunUnrecorded(Func<Tensor> operations)
    {
        var first = _tensors.Count;
        _isPaused = true;
        try
        {
            var output = operations();
            Release(first, _tensors.Count, output);
            return output;
        }
        finally
        {
            _isPaused = false;
        }
    }

    /// <summary>Runs operations that were not recorded again, and their backward pass.</summary>
    /// <param name="operations">The operations.</param>
    /// <param name="dropouts">The state of dropout at the first run.</param>
    /// <param name="gradient">The gradient of their result.</param>
    internal void RunBackward(Func<Tensor> operations, uint dropouts, Tensor gradient)
    {
        var (tape, later, first) = (_tape, _dropouts, _tensors.Count);
        (_tape, _dropouts) = ([], dropouts);
        try
        {
            var output = operations();
            var end = _tensors.Count;
            output.AddGradient(gradient);
            RunBackward(output);
            Release(first, end, null); // later tensors may be gradients
        }
        finally
        {
            (_tape, _dropouts) = (tape, later);
        }
    }

    /// <summary>Leases a tensor whose elements are not initialized. It is valid until the computation is disposed.</summary>
    /// <param name="shape">The size of each dimension, outermost first.</param>
    public Tensor Lease(params ReadOnlySpan<int> shape)
    {
        // Recomputed operations capture tensors that no record mentions.
        var tensor = new Tensor(_arena.Take(Tensor.ElementCount(shape), Recording), shape, Recomputes && RecordsNow);
        _tensors.Add(tensor);
        return tensor;
    }

    /// <summary>Returns a tensor with the elements of another, in its memory if nothing else needs them.</summary>
    /// <param name="x">The tensor, which must not be used afterward.</param>
    internal Tensor Take(Tensor x)
    {
        if (x.IsLeased && !x.Recorded)
        {
            var taken = x.Move();
            _tensors.Add(taken);
            return taken;
        }

        var copy = Lease(x.Shape);
        x.Values.CopyTo(copy.Writable);
        return copy;
    }

    /// <summary>
    /// Returns an input of a product in the number format of a weight. Layers often share their input, such as queries, keys and values, so the
    /// last result is kept.
    /// </summary>
    internal ReducedInput Reduce(Tensor x, PackedMatrix panels)
    {
        if (_lastInput is null || !_lastInput.IsOf(x, panels))
        {
            _lastInput?.Dispose();
            _lastInput = null;
            _lastInput = ReducedInput.Of(this, x, panels);
        }

        return _lastInput;
    }

    private void RunBackward(Tensor kept)
    {
        for (var i = _tape.Count - 1; i >= 0; i--)
        {
            var (result, backward) = _tape[i];
            if (result.Gradient is { } arrived)
            {
                (result.Gradient, arrived.IsAdopted) = (null, false);
                backward(arrived);
                if (!arrived.IsAdopted)
                {
                    arrived.Release();
                }
            }

            if (result != kept)
            {
                result.Release();
            }
        }

        _tape.Clear();
    }

    private void Release(int first, int end, Tensor? except)
    {
        for (var i = first; i < end; i++)
        {
            if (_tensors[i] != except)
            {
                _tensors[i].Release();
            }
        }

        _tensors.RemoveRange(first, end - first);
        if (except is not null)
        {
            _tensors.Add(except);
        }
    }

    /// <summary>Runs a kernel over its items, on several threads if that saves time.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="items">The number of items.</param>
    /// <param name="cost">The approximate number of multiplications of all items together.</param>
    /// <remarks>The kernel, and so the memory of the tensors that it refers to, stays alive until this method returns.</remarks>
    internal void Execute<TKernel>(TKernel kernel, int items, long cost)
        where TKernel : struct, IKernel
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (Trace is not null)
        {
            return;
        }

        var threads = (int)Math.Min(Math.Min(_maxThreads, Workers.Shared.Count), Math.Max(1, cost / WorthSharing));
        if (threads <= 1 || items <= 1)
        {
            Instructions.Run(kernel, 0, items);
            return;
        }

        // A few ranges for each thread, so that a late thread delays the others little.
        var ranges = Math.Min(items, threads * 4);
        var instructions = Instructions;
        Workers.Shared.For(
            ranges,
            threads,
            range => instructions.Run(kernel, (int)((long)items * range / ranges), (int)((long)items * (range + 1) / ranges)));
    }
}
