using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>One panel of a matrix product, for any number of rows.</summary>
internal static unsafe class TileColumn<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>c = a · panel, cut into the tallest tiles that fit the register file.</summary>
    public static void Multiply(float* a, nint strideA, int rows, float* panel, int depth, float* c, nint strideC)
    {
        while (rows > 0)
        {
            int done;
            if (TLanes.TileRows >= 14 && rows >= 14)
            {
                MatrixTile<TLanes, Rows14>.Multiply(a, strideA, panel, depth, c, strideC);
                done = 14;
            }
            else if (TLanes.TileRows >= 14 && rows >= 8)
            {
                MatrixTile<TLanes, Rows8>.Multiply(a, strideA, panel, depth, c, strideC);
                done = 8;
            }
            else if (rows >= 6)
            {
                MatrixTile<TLanes, Rows6>.Multiply(a, strideA, panel, depth, c, strideC);
                done = 6;
            }
            else if (rows >= 4)
            {
                MatrixTile<TLanes, Rows4>.Multiply(a, strideA, panel, depth, c, strideC);
                done = 4;
            }
            else if (rows >= 2)
            {
                MatrixTile<TLanes, Rows2>.Multiply(a, strideA, panel, depth, c, strideC);
                done = 2;
            }
            else
            {
                MatrixTile<TLanes, Rows1>.Multiply(a, strideA, panel, depth, c, strideC);
                done = 1;
            }

            a += done * strideA;
            c += done * strideC;
            rows -= done;
        }
    }
}
