using Semblance.Tensors.Instructions;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>
/// One run through a model: it leases the memory of activations and spreads operations over the workers. Operations
/// are extension methods on it, so that a model reads <c>run.Linear(x, layer)</c>.
/// </summary>
/// <remarks>
/// Not for several threads at once: each call of a model makes its own. Tensors made by a computation are valid until
/// it is disposed; disposing one earlier lets its memory serve the next.
/// </remarks>
public sealed class Computation : IDisposable
{
    // Below this many multiplications, waking another thread costs more than it saves.
    private const long WorthSharing = 1 << 18;

    private readonly Arena _arena = Arena.Rent();
    private readonly List<Tensor> _tensors = [];
    private readonly CancellationToken _cancellationToken;
    private readonly int _maxThreads;
    private readonly ulong? _dropoutSeed;
    private readonly float? _dropoutRate;
    private List<(Tensor Output, Action<Tensor> Backward)> _tape = [];
    private uint _dropouts;
    private bool _forgetting;

    /// <summary>Starts a computation.</summary>
    /// <param name="maxThreads">The most threads it may use, the caller's included.</param>
    /// <param name="instructions">The vector instructions to use; the best there are by default.</param>
    /// <param name="recording">Remembers each operation, so that <see cref="Backward"/> can find gradients.</param>
    /// <param name="dropoutSeed">Turns dropout on: the same seed drops the same elements. Null, the default, leaves all in place.</param>
    /// <param name="dropoutRate">How much is dropped wherever a model drops elements; null for what the model says.</param>
    /// <param name="recompute">Whether <see cref="RecomputeOperation.Recompute"/> spends time on the way back to save memory.</param>
    /// <param name="cancellationToken">The token that cancels the computation between two operations.</param>
    public Computation(
        int maxThreads = int.MaxValue,
        InstructionSet? instructions = null,
        bool recording = false,
        ulong? dropoutSeed = null,
        float? dropoutRate = null,
        bool recompute = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxThreads, 1);
        _maxThreads = maxThreads;
        _cancellationToken = cancellationToken;
        Instructions = instructions ?? InstructionSets.Current;
        Recording = recording;
        _dropoutSeed = dropoutSeed;
        _dropoutRate = dropoutRate;
        Recomputes = recompute;
    }

    /// <summary>Whether operations are remembered for <see cref="Backward"/>.</summary>
    public bool Recording { get; }

    /// <summary>Whether layers inside <see cref="RecomputeOperation.Recompute"/> are computed again on the way back.</summary>
    public bool Recomputes { get; }

    /// <summary>The most bytes that activations and their gradients have taken at once so far.</summary>
    public long PeakBytes => _arena.PeakBytes;

    /// <summary>The vector instructions in use.</summary>
    public InstructionSet Instructions { get; }

    /// <summary>How many places there were so far where elements could be dropped.</summary>
    internal uint Dropouts => _dropouts;

    /// <summary>Whether operations are remembered now.</summary>
    internal bool Remembering => Recording && !_forgetting;

    /// <summary>Gives all memory back.</summary>
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
    /// Goes back over what was recorded and adds to <see cref="Tensor.Gradient"/> of every tensor that requires one and was not itself
    /// computed here (Linnainmaa 1970: reverse accumulation). The memory of what was recorded is given back on the way, but for the
    /// <paramref name="output"/>.
    /// </summary>
    /// <param name="output">A result of this computation.</param>
    /// <param name="gradient">The derivative of what is minimised by each element of <paramref name="output"/>; ones when null.</param>
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
        GoBack(output);
    }

    /// <summary>A number by chance, for what an objective leaves to chance beside dropout; the same seed gives the same numbers. Null without a seed.</summary>
    public ulong? NextSeed() => _dropoutSeed is { } seed ? DropoutMask.Mix(DropoutMask.Mix(seed) + _dropouts++) : null;

    /// <summary>The next place where elements are dropped; none are unless the computation has a seed.</summary>
    internal DropoutMask NextDropout(float rate) => _dropoutSeed is { } seed ? new DropoutMask(seed, _dropouts++, _dropoutRate ?? rate) : default;

    /// <summary>Remembers how the gradient of a result becomes those of what it was computed from.</summary>
    /// <param name="output">The result, which was leased here.</param>
    /// <param name="backward">The backward pass: receives the gradient of the result and calls <see cref="Tensor.AddGradient"/> of each
    /// input that requires one.</param>
    /// <param name="needed">The tensors whose elements the backward pass reads; disposing them has no effect before it.</param>
    public void Record(Tensor output, Action<Tensor> backward, params ReadOnlySpan<Tensor?> needed)
    {
        output.RequiresGradient = true;
        if (_forgetting)
        {
            return;
        }

        output.Recorded = true;
        foreach (var tensor in needed)
        {
            tensor?.Recorded = true;
        }

        _tape.Add((output, backward));
    }

    /// <summary>Runs operations as always, but keeps nothing of them, for the way back or otherwise, but their result.</summary>
    internal Tensor Forget(Func<Tensor> operations)
    {
        var first = _tensors.Count;
        _forgetting = true;
        try
        {
            var output = operations();
            Release(first, _tensors.Count, output);
            return output;
        }
        finally
        {
            _forgetting = false;
        }
    }

    /// <summary>Runs forgotten operations again and goes back over them.</summary>
    /// <param name="operations">The operations.</param>
    /// <param name="dropouts">Where dropout stood when they first ran.</param>
    /// <param name="gradient">The gradient of their result.</param>
    internal void GoBack(Func<Tensor> operations, uint dropouts, Tensor gradient)
    {
        var (tape, later, first) = (_tape, _dropouts, _tensors.Count);
        (_tape, _dropouts) = ([], dropouts);
        try
        {
            var output = operations();
            var end = _tensors.Count;
            output.AddGradient(gradient);
            GoBack(output);
            Release(first, end, null); // what came later may be somebody's gradient
        }
        finally
        {
            (_tape, _dropouts) = (tape, later);
        }
    }

    /// <summary>Leases a tensor whose elements are not yet set. It is valid until the computation is disposed.</summary>
    /// <param name="shape">The size of each dimension, outermost first.</param>
    public Tensor Lease(params ReadOnlySpan<int> shape)
    {
        // What is computed again captures tensors that nothing mentions.
        var tensor = new Tensor(_arena.Take(Tensor.ElementCount(shape)), shape, Recomputes && Remembering);
        _tensors.Add(tensor);
        return tensor;
    }

    private void GoBack(Tensor kept)
    {
        for (var i = _tape.Count - 1; i >= 0; i--)
        {
            var (result, backward) = _tape[i];
            if (result.Gradient is { } arrived)
            {
                backward(arrived);
                result.Gradient = null;
                arrived.Release();
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

    /// <summary>Runs a kernel over its items, on several threads where that is worth it.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="items">How many items it has.</param>
    /// <param name="cost">About how many multiplications all items take together.</param>
    /// <remarks>The kernel, and so the memory of the tensors that it mentions, stays alive until this returns.</remarks>
    internal void Execute<TKernel>(TKernel kernel, int items, long cost)
        where TKernel : struct, IKernel
    {
        _cancellationToken.ThrowIfCancellationRequested();
        var threads = (int)Math.Min(Math.Min(_maxThreads, Workers.Shared.Count), Math.Max(1, cost / WorthSharing));
        if (threads <= 1 || items <= 1)
        {
            Instructions.Run(kernel, 0, items);
            return;
        }

        // A few ranges for each thread, so that one that is late holds up little.
        var ranges = Math.Min(items, threads * 4);
        var instructions = Instructions;
        Workers.Shared.For(
            ranges,
            threads,
            range => instructions.Run(kernel, (int)((long)items * range / ranges), (int)((long)items * (range + 1) / ranges)));
    }
}
