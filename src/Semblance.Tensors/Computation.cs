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
    private readonly List<(Tensor Output, Action<Tensor> Backward)> _tape = [];
    private readonly CancellationToken _cancellation;
    private readonly int _maxThreads;
    private readonly ulong? _dropoutSeed;
    private uint _dropouts;

    /// <summary>Starts a computation.</summary>
    /// <param name="maxThreads">The most threads it may use, the caller's included.</param>
    /// <param name="instructions">The vector instructions to use; the best there are by default.</param>
    /// <param name="recording">Remembers each operation, so that <see cref="Backward"/> can find gradients.</param>
    /// <param name="dropoutSeed">Turns dropout on: the same seed drops the same elements. Null, the default, leaves all in place.</param>
    /// <param name="cancellation">Stops the computation between two operations.</param>
    public Computation(
        int maxThreads = int.MaxValue, InstructionSet? instructions = null, bool recording = false, ulong? dropoutSeed = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxThreads, 1);
        _maxThreads = maxThreads;
        _cancellation = cancellation;
        Instructions = instructions ?? InstructionSets.Current;
        Recording = recording;
        _dropoutSeed = dropoutSeed;
    }

    /// <summary>Whether operations are remembered for <see cref="Backward"/>.</summary>
    public bool Recording { get; }

    /// <summary>The vector instructions in use.</summary>
    public InstructionSet Instructions { get; }

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
        for (var i = _tape.Count - 1; i >= 0; i--)
        {
            var (result, backward) = _tape[i];
            if (result.Gradient is { } arrived)
            {
                backward(arrived);
                result.Gradient = null;
                arrived.Release();
            }

            if (result != output)
            {
                result.Release();
            }
        }

        _tape.Clear();
    }

    /// <summary>The next place where elements are dropped; none are unless the computation has a seed.</summary>
    internal DropoutMask NextDropout(float rate) => _dropoutSeed is { } seed ? new DropoutMask(seed, _dropouts++, rate) : default;

    /// <summary>Remembers how a result's gradient becomes those of what it was computed from.</summary>
    internal void Record(Tensor output, Action<Tensor> backward)
    {
        output.RequiresGradient = true;
        _tape.Add((output, backward));
    }

    /// <summary>Leases a tensor whose elements are not yet set.</summary>
    internal Tensor Lease(params ReadOnlySpan<int> shape)
    {
        var tensor = new Tensor(_arena.Take(Tensor.ElementCount(shape)), shape, Recording);
        _tensors.Add(tensor);
        return tensor;
    }

    /// <summary>Runs a kernel over its items, on several threads where that is worth it.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="items">How many items it has.</param>
    /// <param name="cost">About how many multiplications all items take together.</param>
    internal void Execute<TKernel>(TKernel kernel, int items, long cost)
        where TKernel : struct, IKernel
    {
        _cancellation.ThrowIfCancellationRequested();
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
