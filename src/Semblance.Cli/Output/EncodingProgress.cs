namespace Semblance.Cli.Output;

/// <summary>Shows on a bar how far an encoding is.</summary>
/// <param name="progress">The bar.</param>
internal sealed class EncodingProgress(IProgress<double> progress) : IProgress<EncodeProgress>
{
    public void Report(EncodeProgress value) => progress.Report((double)value.Done / value.Total);
}
