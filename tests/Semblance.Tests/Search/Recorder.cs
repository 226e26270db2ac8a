namespace Semblance.Tests;

/// <summary>Records progress as it is reported, on the reporting thread.</summary>
internal sealed class Recorder(Action? onReport = null) : IProgress<double>
{
    public List<double> Values { get; } = [];

    public void Report(double value)
    {
        Values.Add(value);
        onReport?.Invoke();
    }
}
