using Semblance.Modules;
using Semblance.Server.Batching;

namespace Semblance.Server.Tests.Batching;

/// <summary>Occupies the one thread of a batcher until it is disposed.</summary>
internal sealed class BlockedBatcher : IDisposable
{
    private readonly ManualResetEventSlim _started = new();
    private readonly ManualResetEventSlim _release = new();
    private readonly Task _task;

    public BlockedBatcher(Batcher batcher, int tokens)
    {
        var block = new FakeComputation("block")
        {
            Inside = _ =>
            {
                _started.Set();
                _release.Wait();
            },
        };
        _task = batcher.RunAsync(new BatchRequest<int>(block, [new TokenizedText(new int[tokens])]), CancellationToken.None);
        _started.Wait();
    }

    public void Dispose()
    {
        _release.Set();
        _task.Wait();
    }
}
