namespace Semblance;

/// <summary>Reports the completed fraction of work that several threads share, from 0 to 1, in ascending order.</summary>
internal sealed class ProgressCounter(IProgress<double>? progress, long total)
{
    private readonly Lock _gate = new();
    private long _done;

    public void Add(long amount)
    {
        if (progress is null || amount == 0)
        {
            return;
        }

        lock (_gate)
        {
            _done += amount;
            progress.Report((double)_done / total);
        }
    }
}
