namespace Semblance.Cli.Output;

/// <summary>Reports the progress of an encoding to a progress bar.</summary>
/// <param name="progress">The bar.</param>
internal sealed class EncodingProgress(IProgress<double> progress) : IProgress<EncodeProgress>
{
    public void Report(EncodeProgress value) => progress.Report((double)value.Done / value.Total);
}
